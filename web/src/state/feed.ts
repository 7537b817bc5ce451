import type { Frame } from "../api/frames.ts";
import type { Followed } from "../api/live.ts";
import type { Run } from "../api/types.ts";
import type { XAxis } from "../chart/index.ts";
import { loadSeries } from "./batch.ts";
import type { Range } from "./batch.ts";
import { appended, pointsOf } from "./points.ts";
import type { Points } from "./points.ts";

/** What part of its series a chart shows, in the units of its axis; null shows all. */
export interface Window {
  xAxis: XAxis;
  x: { first: number; last: number } | null;
  /** Buckets that the plot has room for. */
  width: number;
}

const REFETCH_MS = 1_000;
/** Beyond the window, so that panning shows something before the answer comes. */
const MARGIN = 0.25;

function rangeOf(window: Window, run: Run): Range {
  const x = window.xAxis === "step" ? "step" : "time";
  if (!window.x) return { x, width: window.width, first: null, last: null };
  const start = window.xAxis === "relative" ? run.started : 0;
  const more = (window.x.last - window.x.first) * MARGIN;
  const width = Math.round(window.width * (1 + 2 * MARGIN));
  return { x, width, first: window.x.first - more + start, last: window.x.last + more + start };
}

/** The series of one metric that a chart holds: fetched for its window, followed live while it is on screen. */
export class Feed {
  readonly points = new Map<string, Points>();
  error: string | null = null;
  private runs: readonly Run[] = [];
  private window: Window | null = null;
  private statuses = "";
  private asked = new Map<string, string>();
  private overdue = new Set<string>();
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
      dropped = this.points.delete(id) || dropped;
    }
    let fetched = false;
    for (const run of runs) fetched = this.fetch(run) || fetched;
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
      this.points.set(id, { ...held, lastStep: next.lastStep, last: next.last });
      return;
    }
    this.points.set(id, next);
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
    const first = frame.columns.get(x)?.[0];
    // Only a series held up to its end can be gone on with.
    return first !== undefined && last !== null && first <= last && held.lastStep === held.steps.at(-1);
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
      this.points.set(run.id, pointsOf(frame));
      this.error = null;
    } catch (error) {
      if (this.asked.get(run.id) !== name) return;
      this.asked.delete(run.id);
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.changed();
    this.moved();
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
