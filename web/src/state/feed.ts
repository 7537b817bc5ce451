import type { Frame } from "../api/frames.ts";
import type { Followed } from "../api/live.ts";
import type { Run } from "../api/types.ts";
import type { Range as Span, XAxis } from "../chart/index.ts";
import { loadSeries } from "./batch.ts";
import type { Range } from "./batch.ts";
import { appended, beside, pointsOf } from "./points.ts";
import type { Points } from "./points.ts";

/** What part of its series a chart shows, in the units of its axis; null shows all. */
export interface Window {
  xAxis: XAxis;
  x: Span | null;
  /** Buckets that the plot has room for. */
  width: number;
  /** Whether curves are smoothed, so that what lies beside the window counts. */
  smooth?: boolean;
  /** The steps of a run that the window holds, where the axis is a metric; null shows all. */
  stepsOf?(run: string): Span | null;
}

const REFETCH_MS = 1_000;
/** Beyond the window, so that panning shows something before the answer comes. */
const MARGIN = 0.25;
/** Buckets of the whole series that stand beside a part of it. */
const CONTEXT = 500;

function rangeOf(window: Window, run: Run): Range {
  const x = window.xAxis === "step" || window.xAxis === "metric" ? "step" : "time";
  const span = window.xAxis === "metric" ? window.x && (window.stepsOf?.(run.id) ?? null) : window.x;
  if (!span) return { x, width: window.width, first: null, last: null };
  const start = window.xAxis === "relative" ? run.created : 0;
  const more = (span[1] - span[0]) * MARGIN;
  const width = Math.round(window.width * (1 + 2 * MARGIN));
  return { x, width, first: span[0] - more + start, last: span[1] + more + start };
}

/** The series of one metric that a chart holds: fetched for its window, followed live while it is on screen. */
export class Feed {
  readonly points = new Map<string, Points>();
  private readonly whole = new Map<string, Points>();
  error: string | null = null;
  private runs: readonly Run[] = [];
  private window: Window | null = null;
  private statuses = "";
  private asked = new Map<string, string>();
  private overdue = new Set<string>();
  private readonly surrounding = new Set<string>();
  private timer = 0;

  constructor(
    readonly metric: string,
    /** Points came or went; called in a burst, so that drawing is the listener's to schedule. */
    private readonly changed: () => void,
    /** What is followed changed. */
    private readonly moved: () => void,
  ) {}

  /** Says what to show. What is held already for the same window is not fetched again. */
  want(runs: readonly Run[], window: Window): void {
    this.runs = runs;
    this.window = window;
    const wanted = new Set(runs.map((run) => run.id));
    let dropped = false;
    for (const id of [...this.asked.keys(), ...this.points.keys()]) {
      if (wanted.has(id)) continue;
      this.asked.delete(id);
      this.whole.delete(id);
      dropped = this.points.delete(id) || dropped;
    }
    let fetched = false;
    for (const run of runs) {
      fetched = this.fetch(run) || fetched;
      if (window.x && window.smooth) void this.surround(run.id);
    }
    const statuses = runs.map((run) => run.status).join();
    if (dropped) this.changed();
    if (dropped || fetched || statuses !== this.statuses) this.moved();
    this.statuses = statuses;
  }

  /** Fetches again what may have been missed; points stay on screen meanwhile. */
  refetch(run?: string): void {
    for (const id of run === undefined ? this.asked.keys() : [run]) if (this.asked.has(id)) this.overdue.add(id);
    this.schedule();
  }

  /** Takes a live frame. */
  put(frame: Frame): void {
    const id = frame.header.run;
    const held = this.points.get(id);
    if (!held || frame.header.metric !== this.metric || !this.window) return;
    const next = appended(held, frame);
    if (!next) return;
    if (this.window.x && !this.reaches(id, frame)) {
      // Past the window: remembered as seen, not drawn, or a line would run across what was not fetched.
      this.points.set(id, { ...held, lastStep: next.lastStep, lastTime: next.lastTime, last: next.last });
      this.changed();
      return;
    }
    this.points.set(id, next);
    if (!this.window.x) this.whole.set(id, next);
    const crowded = next.steps.length > 2 * this.window.width && next.appended > this.window.width / 4;
    if (crowded) this.refetch(id);
    this.changed();
  }

  /** The series to follow: of runs that go on, and of those whose last points are still on their way. */
  followed(): Followed[] {
    return this.runs
      .filter((run) => this.points.has(run.id))
      .filter((run) => run.status === "running" || (run.summary[this.metric]?.last_step ?? -1) > (this.points.get(run.id)!.lastStep ?? -1))
      .map((run) => ({ run: run.id, metric: this.metric, member: null, after: this.points.get(run.id)!.lastStep }));
  }

  get loading(): boolean {
    return this.runs.some((run) => !this.points.has(run.id)) && this.error === null;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.overdue.clear();
    this.runs = [];
    this.asked.clear();
  }

  private reaches(id: string, frame: Frame): boolean {
    const held = this.points.get(id)!;
    const run = this.runs.find((each) => each.id === id);
    if (!run || !this.window?.x) return true;
    const { x, last } = rangeOf(this.window, run);
    if (last === null) return true;
    const first = frame.columns.get(x)?.[0];
    // Only a series held up to its end can be gone on with.
    return first !== undefined && first <= last && held.lastStep === held.steps.at(-1);
  }

  private fetch(run: Run): boolean {
    const range = rangeOf(this.window!, run);
    const name = JSON.stringify(range);
    if (this.asked.get(run.id) === name) return false;
    this.asked.set(run.id, name);
    void this.load(run, range, name);
    return true;
  }

  private async load(run: Run, range: Range, name: string): Promise<void> {
    try {
      const frame = await loadSeries(range, { run: run.id, metric: this.metric, member: null });
      if (this.asked.get(run.id) !== name) return;
      this.hold(run.id, pointsOf(frame), range.first === null);
      this.error = null;
    } catch (error) {
      if (this.asked.get(run.id) !== name) return;
      this.asked.delete(run.id);
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.changed();
    this.moved();
  }

  private hold(run: string, points: Points, isWhole: boolean): void {
    const whole = this.whole.get(run);
    this.points.set(run, whole && !isWhole ? { ...points, ...beside(whole, points) } : points);
    if (isWhole) this.whole.set(run, points);
  }

  /** Fetches the whole of a series, coarsely, unless it was there before its part. */
  private async surround(run: string): Promise<void> {
    if (this.whole.has(run) || this.surrounding.has(run)) return;
    this.surrounding.add(run);
    try {
      const x = this.window?.xAxis === "step" || this.window?.xAxis === "metric" ? "step" : "time";
      const frame = await loadSeries({ x, width: CONTEXT, first: null, last: null }, { run, metric: this.metric, member: null });
      const held = this.points.get(run);
      this.whole.set(run, pointsOf(frame));
      if (!held) return;
      this.hold(run, held, false);
      this.changed();
    } catch {
      // The part itself tells of an error; without its surroundings it is only smoothed less well.
    } finally {
      this.surrounding.delete(run);
    }
  }

  private schedule(): void {
    if (this.timer !== 0 || this.overdue.size === 0) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      const ids = this.overdue;
      this.overdue = new Set();
      for (const run of this.runs) {
        if (!ids.has(run.id)) continue;
        this.asked.delete(run.id);
        this.fetch(run);
      }
    }, REFETCH_MS);
  }
}
