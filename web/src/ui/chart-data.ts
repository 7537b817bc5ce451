import { computed } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Gap } from "../api/frames.ts";
import type { Run } from "../api/types.ts";
import type { Line } from "../chart/index.ts";
import { axisOf } from "../state/axis-metric.ts";
import { Feed } from "../state/feed.ts";
import type { Window } from "../state/feed.ts";
import { Folds } from "../state/folds.ts";
import { hasMetric, partsOf } from "../state/formulas.ts";
import { groupRuns } from "../state/grouping.ts";
import { addFeed, follow } from "../state/live.ts";
import { membersOf } from "../state/members.ts";
import { isKnownOfDrawn } from "../state/needed.ts";
import { groupBy, spread, xAxis, xName } from "../state/settings.ts";
import { shownRuns } from "../state/shown.ts";
import { foldedRuns, sourcesOf } from "../state/sources.ts";
import type { Folding, Members, Source } from "../state/sources.ts";
import { linesOf } from "./chart-lines.ts";

export interface Drawn {
  points: number;
  last: number | null;
  max: number | null;
  /** Steps or seconds of one bucket; null where the points themselves are drawn. */
  bucket: number | null;
  /** Steps whose points cannot be read any more. */
  missing: readonly Gap[];
  loading: boolean;
  error: string | null;
}

/** Members of groups are drawn beneath their means up to so many. */
const MOST_FAINT = 50;
/** Parts of the axis that means are told for. */
const MOST_PARTS = 1_000;

/** Pixels from a chart to what is on screen, 0 for one that is. */
function beyond(host: HTMLElement): number {
  const { top, bottom } = host.getBoundingClientRect();
  return Math.max(0, top - innerHeight, -bottom);
}

export function largest(lines: readonly Line[]): number | null {
  let most = -Infinity;
  for (const line of lines) for (const value of line.max ?? line.values) if (value > most && value < Infinity) most = value;
  return most === -Infinity ? null : most;
}

/** What a chart of a metric is made of: series of runs and of their processes, and what is folded of them. */
export class ChartData {
  readonly runs: ReadonlySignal<Run[]>;
  /** Whether these are all that will be there. */
  readonly known: ReadonlySignal<boolean>;
  /** What is folded into one line each: groups of runs, or the processes of each run. */
  private readonly foldings: ReadonlySignal<readonly Folding[]>;
  /** The series that are drawn themselves. */
  private readonly sources: ReadonlySignal<readonly Source[]>;
  private readonly feed: Feed;
  private readonly folds: Folds;

  constructor(
    private readonly metric: string,
    private readonly members: ReadonlySignal<Members>,
    changed: () => void,
  ) {
    this.feed = new Feed(metric, changed, follow);
    this.folds = new Folds(metric, changed);
    this.known = computed(() => partsOf(metric).every(isKnownOfDrawn));
    // A mean of some of its runs would be another one.
    this.runs = computed(() => (groupBy.value === null || this.known.value ? shownRuns.value.filter((run) => hasMetric(run, metric)) : []));
    this.foldings = computed(() => {
      const by = groupBy.value;
      if (by === null) return foldedRuns(this.runs.value, members.value);
      return groupRuns(this.runs.value, by).map(({ value, runs }) => ({ id: `group:${value ?? `no ${by}`}`, title: value ?? `no ${by}`, runs, group: value }));
    });
    this.sources = computed(() => {
      const runs = this.runs.value;
      if (groupBy.value === null) return sourcesOf(runs, members.value, (run) => membersOf(run, metric));
      return runs.length > MOST_FAINT ? [] : sourcesOf(runs, "main", () => []);
    });
  }

  get empty(): boolean {
    return this.feed.points.size + this.folds.held.size === 0;
  }

  /** Follows what is drawn in `host` live, until the function that it returns is called. */
  show(host: HTMLElement): () => void {
    this.feed.distance = () => beyond(host);
    const leave = addFeed(this.feed);
    return () => {
      leave();
      this.folds.stop();
    };
  }

  /** Lets an effect run again when something else is to be asked for. */
  watch(): void {
    void [this.sources.value, this.foldings.value, this.members.value, xName.value];
  }

  want(window: Window): void {
    const { xAxis: x, x: range, width } = window;
    const which = this.members.peek();
    const member = which === "main" ? null : which === "band" || which === "all" ? "all" : Number(which);
    this.feed.want(this.sources.peek(), window);
    this.folds.want(this.foldings.peek(), { x, axis: x === "metric" ? xName.peek() : null, width: Math.min(width, MOST_PARTS), range, member });
  }

  retry(): void {
    this.feed.error = null;
    this.folds.retry();
  }

  lines(): Line[] {
    const grouped = groupBy.peek() !== null;
    return linesOf({
      sources: this.sources.peek(), foldings: this.foldings.peek(), points: this.feed.points, folds: this.folds.held, faint: grouped,
      // The processes of a run are no sample of anything: what counts is how far they lie apart.
      xAxis: xAxis.peek(), spread: grouped ? spread.peek() : "range",
    });
  }

  /** What is told of the lines. */
  told(lines: readonly Line[]): Drawn {
    const held = this.sources.peek().flatMap(({ key }) => this.feed.points.get(key) ?? []);
    const shown = lines.find((line) => !line.faint);
    return {
      points: lines.reduce((sum, each) => sum + each.values.length, 0),
      last: held[0]?.last ?? shown?.values.at(-1) ?? null,
      max: largest(lines),
      bucket: Math.max(0, ...held.map((each) => each.bucket ?? 0)) || null,
      missing: [...held, ...this.folds.held.values()].flatMap((each) => each.missing),
      loading: lines.length === 0 && (this.feed.loading || this.folds.loading),
      error: this.feed.error ?? this.folds.error,
    };
  }

  /** Where on the x axis the last of all points lies, be it in view or not. */
  newest(): number {
    const held = new Map(this.sources.peek().map(({ run, key }) => [run.id, this.feed.points.get(key)]));
    const last = this.runs.peek().map((run) => {
      const points = held.get(run.id);
      if (xAxis.peek() === "metric") return axisOf(run.id)?.last ?? -Infinity;
      if (xAxis.peek() === "step") return points?.lastStep ?? run.summary[this.metric]?.last_step ?? -Infinity;
      return (points?.lastTime ?? run.last_activity) - (xAxis.peek() === "relative" ? run.created : 0);
    });
    return Math.max(-Infinity, ...last);
  }
}
