import type { Frame } from "../api/frames.ts";
import type { Followed } from "../api/live.ts";
import type { Run, SeriesKind } from "../api/types.ts";
import type { Range as Span, XAxis } from "../chart/index.ts";
import { loadSeries } from "./batch.ts";
import type { Range } from "./batch.ts";
import { appended, beside, pointsOf } from "./points.ts";
import type { Points } from "./points.ts";
import type { Source } from "./sources.ts";

/** What part of its series a chart shows, in the units of its axis; null shows all. */
export interface Window {
  xAxis: XAxis;
  x: Span | null;
  /** Buckets that the plot has room for. */
  width: number;
  /** Whether the best value so far is drawn, which may lie before the window. */
  best?: boolean;
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
  const before = window.best ? { before: true } : {};
  return { x, width, first: span[0] - more + start, last: span[1] + more + start, ...before };
}

interface Asked {
  name: string;
  /** null once it is answered: giving up costs time, even of what is over. */
  request: AbortController | null;
}

/** The series of one metric that a chart holds: fetched for its window, followed live while it is on screen. */
export class Feed {
  /** By the keys of their sources. */
  readonly points = new Map<string, Points>();
  private readonly whole = new Map<string, Points>();
  error: string | null = null;
  /** How far from what is on screen the chart is, in pixels: the nearest is fetched first. */
  distance: () => number = () => 0;
  private sources: readonly Source[] = [];
  private window: Window | null = null;
  private statuses = "";
  private asked = new Map<string, Asked>();
  private overdue = new Set<string>();
  private readonly surrounding = new Map<string, AbortController>();
  private timer = 0;

  constructor(
    readonly metric: string,
    /** Points came or went; called in a burst, so that drawing is the listener's to schedule. */
    private readonly changed: () => void,
    /** What is followed changed. */
    private readonly moved: () => void,
    readonly kind: SeriesKind = "scalar",
  ) {}

  /** Says what to show. What is held already for the same window is not fetched again. */
  want(sources: readonly Source[], window: Window): void {
    this.sources = sources;
    this.window = window;
    const dropped = this.drop(new Set(sources.map(({ key }) => key)));
    let fetched = false;
    for (const source of sources) {
      fetched = this.fetch(source) || fetched;
      if (window.x && window.smooth) void this.surround(source);
    }
    const statuses = sources.map(({ run }) => run.status).join();
    if (dropped) this.changed();
    if (dropped || fetched || statuses !== this.statuses) this.moved();
    this.statuses = statuses;
  }

  /** Fetches again what may have been missed of all runs, or of one; points stay on screen meanwhile. */
  refetch(run?: string): void {
    for (const { key, run: each } of this.sources) if (this.asked.has(key) && (run ?? each.id) === each.id) this.overdue.add(key);
    this.schedule();
  }

  /** Takes a live frame. */
  put(frame: Frame): void {
    if (frame.header.metric !== this.metric || frame.header.kind !== this.kind || !this.window) return;
    for (const source of this.sources) {
      const held = this.points.get(source.key);
      if (!held || source.run.id !== frame.header.run) continue;
      // The main process is whichever logged the metric, which an empty series does not tell yet.
      if (held.member === frame.header.member || (source.member === null && held.lastStep === null)) this.extend(source, held, frame);
    }
  }

  /** The series to follow: of runs that go on, and of those whose last points are still on their way. */
  followed(): Followed[] {
    const late = ({ run, key, member }: Source): boolean =>
      this.kind === "scalar" && member === null && (run.summary[this.metric]?.last_step ?? -1) > (this.points.get(key)!.lastStep ?? -1);
    return this.sources
      .filter((source) => this.points.has(source.key) && (source.run.status === "running" || late(source)))
      .map(({ key, run, member }) => ({ run: run.id, metric: this.metric, kind: this.kind, member, after: this.points.get(key)!.lastStep }));
  }

  get loading(): boolean {
    return this.sources.some(({ key }) => !this.points.has(key)) && this.error === null;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.overdue.clear();
    this.sources = [];
    for (const { request } of this.asked.values()) request?.abort();
    for (const request of this.surrounding.values()) request.abort();
    this.asked.clear();
    this.surrounding.clear();
  }

  private extend({ key, run }: Source, held: Points, frame: Frame): void {
    const next = appended(held, frame);
    const window = this.window!;
    if (!next) return;
    if (window.x && !this.reaches(run, held, frame)) {
      // Past the window: remembered as seen, not drawn, or a line would run across what was not fetched.
      this.points.set(key, { ...held, lastStep: next.lastStep, lastTime: next.lastTime, last: next.last });
      this.changed();
      return;
    }
    this.points.set(key, next);
    if (!window.x) this.whole.set(key, next);
    if (next.steps.length > 2 * window.width && next.appended > window.width / 4) {
      this.overdue.add(key);
      this.schedule();
    }
    this.changed();
  }

  /** Forgets what is no longer wanted, and gives up what was asked of it. */
  private drop(wanted: ReadonlySet<string>): boolean {
    let dropped = false;
    for (const key of [...this.asked.keys(), ...this.points.keys()]) {
      if (wanted.has(key)) continue;
      this.asked.get(key)?.request?.abort();
      this.asked.delete(key);
      this.whole.delete(key);
      dropped = this.points.delete(key) || dropped;
    }
    return dropped;
  }

  private reaches(run: Run, held: Points, frame: Frame): boolean {
    const { x, last } = rangeOf(this.window!, run);
    if (last === null) return true;
    const first = frame.columns.get(x)?.[0];
    // Only a series held up to its end can be gone on with.
    return first !== undefined && first <= last && held.lastStep === held.steps.at(-1);
  }

  private fetch(source: Source): boolean {
    const range = rangeOf(this.window!, source.run);
    const name = JSON.stringify(range);
    const before = this.asked.get(source.key);
    if (before?.name === name) return false;
    before?.request?.abort();
    const request = new AbortController();
    const asked: Asked = { name, request };
    this.asked.set(source.key, asked);
    void this.load(source, range, asked, request);
    return true;
  }

  private ask({ run, member }: Source, range: Range, { signal }: AbortController): Promise<Frame> {
    return loadSeries(range, { run: run.id, metric: this.metric, kind: this.kind, member }, { signal, distance: this.distance });
  }

  private async load(source: Source, range: Range, asked: Asked, request: AbortController): Promise<void> {
    const { key } = source;
    try {
      const frame = await this.ask(source, range, request);
      if (this.asked.get(key) !== asked) return;
      asked.request = null;
      this.hold(key, pointsOf(frame), range.first === null);
      this.error = null;
    } catch (error) {
      if (this.asked.get(key) !== asked) return;
      this.asked.delete(key);
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.changed();
    this.moved();
  }

  private hold(key: string, points: Points, isWhole: boolean): void {
    const whole = this.whole.get(key);
    this.points.set(key, whole && !isWhole ? { ...points, ...beside(whole, points) } : points);
    if (isWhole) this.whole.set(key, points);
  }

  /** Fetches the whole of a series, coarsely, unless it was there before its part. */
  private async surround(source: Source): Promise<void> {
    const { key } = source;
    if (this.whole.has(key) || this.surrounding.has(key)) return;
    const request = new AbortController();
    this.surrounding.set(key, request);
    try {
      const x = this.window?.xAxis === "step" || this.window?.xAxis === "metric" ? "step" : "time";
      const frame = await this.ask(source, { x, width: CONTEXT, first: null, last: null }, request);
      const held = this.points.get(key);
      this.whole.set(key, pointsOf(frame));
      if (!held) return;
      this.hold(key, held, false);
      this.changed();
    } catch {
      // The part itself tells of an error; without its surroundings it is only smoothed less well.
    } finally {
      this.surrounding.delete(key);
    }
  }

  private schedule(): void {
    if (this.timer !== 0 || this.overdue.size === 0) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      const keys = this.overdue;
      this.overdue = new Set();
      for (const source of this.sources) {
        if (!keys.has(source.key)) continue;
        this.asked.delete(source.key);
        this.fetch(source);
      }
    }, REFETCH_MS);
  }
}
