import { computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { Chart } from "../chart/index.ts";
import type { ChartOptions, Line, Notes, Range, Reading, ScaleKind, Sketch, Smoothing, View } from "../chart/index.ts";
import { page, show } from "../state/address.ts";
import { axisOf } from "../state/axis-metric.ts";
import { joinCursor, moveCursor } from "../state/cursor.ts";
import { Feed } from "../state/feed.ts";
import type { Window } from "../state/feed.ts";
import { inkOf } from "../state/inks.ts";
import { stepsWithin } from "../state/join.ts";
import { openLineMenu } from "../state/line-menu.ts";
import { addFeed, follow } from "../state/live.ts";
import type { OwnLook } from "../state/own-looks.ts";
import { bands, groupBy, logX, outliers, setOwnLook, smoothing, spread, xAxis, xName, yScale } from "../state/settings.ts";
import { hoveredRun, shownRuns } from "../state/shown.ts";
import { theme } from "../state/theme.ts";
import { zoomBack, zoomTo } from "../state/zoom-history.ts";
import { zoomOf } from "../state/zoom.ts";
import { linesOf } from "./chart-lines.ts";

export interface Drawn {
  points: number;
  last: number | null;
  max: number | null;
  /** Steps or seconds of one bucket; null where the points themselves are drawn. */
  bucket: number | null;
  loading: boolean;
  error: string | null;
}

const WIDTH_STEP = 200;
const LEAST_WIDTH = 200;
/** A range is asked for once it has been still for so long, or has moved on for longer than that. */
const STILL_MS = 120;
const LONGEST_MS = 1_000;
const NOTHING: Notes = { nan: 0, infinite: 0, odd: null, unplaced: 0, beyond: 0 };

function largest(lines: readonly Line[]): number | null {
  let most = -Infinity;
  for (const line of lines) for (const value of line.max ?? line.values) if (value > most && value < Infinity) most = value;
  return most === -Infinity ? null : most;
}

/** One metric's chart: what it asks for, draws and tells, apart from the card around it. */
export class ChartController {
  readonly drawn = signal<Drawn>({ points: 0, last: null, max: null, bucket: null, loading: true, error: null });
  readonly notes = signal<Notes>(NOTHING);
  /** Values at the cursor; empty without one. */
  readonly readings = signal<Reading[]>([]);
  readonly lines = signal<readonly Line[]>([]);
  readonly runs: ReadonlySignal<Run[]>;
  // Text compares by value: a change of something else in the address is no reason to draw.
  private readonly zoom = computed(() => JSON.stringify(zoomOf(page.value, page.value.linked, this.metric)));
  readonly zoomed = computed(() => this.zoom.value !== "null");
  private readonly own = computed(() => JSON.stringify(page.value.own.get(this.metric) ?? null));
  readonly yScale = computed<ScaleKind>(() => this.look?.yScale ?? yScale.value);
  readonly smoothing = computed<Smoothing>(() => ({ ...smoothing.value, weight: this.look?.smoothing ?? smoothing.value.weight }));
  private readonly feed: Feed;
  private readonly width = signal(LEAST_WIDTH);
  private chart: Chart | null = null;
  private frame = 0;
  private still = 0;
  private asked = "null";
  /** When the zoom on its way began. */
  private since = Infinity;
  private undo: (() => void)[] = [];

  constructor(
    readonly metric: string,
    /** Whether it fills the window. */
    private readonly full: boolean,
  ) {
    this.feed = new Feed(metric, () => this.redraw(), follow);
    this.runs = computed(() => shownRuns.value.filter((run) => metric in run.summary));
  }

  get attached(): boolean {
    return this.chart !== null;
  }

  /** Draws into `host` until detached; what is held is drawn at once. */
  attach(host: HTMLElement): void {
    const chart = new Chart(host, this.options(), {
      onZoom: (view, through) => this.zoomTo(view, through),
      onBack: zoomBack,
      onHover: (x) => moveCursor(chart, x),
      onPin: (x) => show({ cursor: x }),
      onMenu: (id, x, y) => openLineMenu({ id, metric: this.metric, x, y }),
      onHighlight: (id) => (hoveredRun.value = id),
      onNotes: (notes) => this.note(notes),
      onReadings: (readings) => (this.readings.value = readings),
      onKey: (key) => this.press(key),
    });
    this.chart = chart;
    const observer = new ResizeObserver(() => {
      this.measure(host);
      chart.resize();
    });
    this.measure(host);
    observer.observe(host);
    const looks = computed(() => JSON.stringify([theme.value, groupBy.value, spread.value, ...this.runs.value.map((run) => [run.id, run.name, inkOf(run)])]));
    const cursor = computed(() => page.value.cursor);
    this.undo = [
      () => observer.disconnect(),
      addFeed(this.feed),
      joinCursor(chart),
      effect(() => this.ask()),
      effect(() => chart.setOptions(this.options())),
      effect(() => chart.setView(JSON.parse(this.zoom.value) as View | null)),
      effect(() => chart.highlight(hoveredRun.value)),
      effect(() => chart.setPin(cursor.value)),
      looks.subscribe(() => this.redraw()),
      effect(() => {
        if (xAxis.value === "metric") for (const run of this.runs.value) axisOf(run.id);
        this.redraw();
      }),
    ];
    this.draw();
  }

  detach(): void {
    for (const each of this.undo) each();
    this.undo = [];
    clearTimeout(this.still);
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.chart?.destroy();
    this.chart = null;
  }

  retry(): void {
    this.feed.error = null;
    this.feed.want(this.runs.value, this.window());
    this.redraw();
  }

  zoomTo(view: View | null, through = false): void {
    zoomTo(this.metric, view, through);
    const reaches = view?.x ? view.x[1] >= this.newest() && this.runs.peek().some((run) => run.status === "running") : false;
    if (reaches !== page.peek().follow) show({ follow: reaches });
  }

  /** Shows where numbers are missing, with a little around it. */
  zoomToOdd(): void {
    const { odd } = this.notes.peek();
    if (!odd) return;
    const air = Math.max((odd[1] - odd[0]) * 0.25, xAxis.peek() === "step" ? 10 : (this.newest() - odd[0]) * 0.01 || 1);
    this.zoomTo({ x: [odd[0] - air, odd[1] + air], y: null });
  }

  /** The steps that are in view; null where all are, or where the axis is another. */
  stepsInView(): Range | null {
    const view = JSON.parse(this.zoom.peek()) as View | null;
    return xAxis.peek() === "step" ? (view?.x ?? null) : null;
  }

  sketch(): Sketch | null {
    return this.chart?.sketch() ?? null;
  }

  private options(): ChartOptions {
    return {
      xAxis: xAxis.value, xName: xName.value, logX: logX.value, yScale: this.yScale.value, smoothing: this.smoothing.value,
      outliers: outliers.value, bands: bands.value, theme: theme.value, title: this.metric,
    };
  }

  private window(): Window {
    const x = (JSON.parse(this.zoom.value) as View | null)?.x ?? null;
    const stepsOf = (run: string): Range | null => {
      const axis = x && axisOf(run);
      return axis ? stepsWithin(axis, x) : null;
    };
    return { xAxis: xAxis.value, x, width: this.width.value, smooth: this.smoothing.value.weight > 0, stepsOf };
  }

  /** Asks for what is in view: at once, but for a zoom on the way only when it rests. */
  private ask(): void {
    const [runs, wanted] = [this.runs.value, this.window()];
    const range = JSON.stringify(wanted.x);
    const moving = range !== this.asked && this.feed.points.size > 0;
    const now = performance.now();
    if (!moving) this.since = Infinity;
    else this.since = Math.min(this.since, now);
    this.asked = range;
    clearTimeout(this.still);
    if (!moving) return this.feed.want(runs, wanted);
    const wait = Math.max(0, Math.min(STILL_MS, this.since + LONGEST_MS - now));
    this.still = window.setTimeout(() => {
      this.since = Infinity;
      this.feed.want(this.runs.peek(), this.window());
    }, wait);
  }

  /** Chooses the y axis of this chart alone. */
  setYScale(kind: ScaleKind): void {
    setOwnLook(this.metric, { yScale: kind === yScale.peek() ? null : kind });
  }

  /** What it has of its own, over what all charts have. */
  get look(): OwnLook | null {
    return JSON.parse(this.own.value) as OwnLook | null;
  }

  private press(key: string): boolean {
    if (key === "l") this.setYScale(this.yScale.peek() === "log" ? "linear" : "log");
    else if (key === ".") show({ follow: !page.peek().follow });
    else if (key === "f") show({ full: this.full ? null : this.metric });
    else return false;
    return true;
  }

  private note(notes: Notes): void {
    if (JSON.stringify(notes) !== JSON.stringify(this.notes.peek())) this.notes.value = notes;
  }

  /** Where on the x axis the last of all points lies, be it in view or not. */
  private newest(): number {
    const last = this.runs.peek().map((run) => {
      const held = this.feed.points.get(run.id);
      if (xAxis.peek() === "metric") return axisOf(run.id)?.last ?? -Infinity;
      if (xAxis.peek() === "step") return held?.lastStep ?? -Infinity;
      return (held?.lastTime ?? -Infinity) - (xAxis.peek() === "relative" ? run.created : 0);
    });
    return Math.max(-Infinity, ...last);
  }

  /** Moves the window along when it follows what is new. */
  private keepUp(): void {
    if (!page.peek().follow) return;
    const view = JSON.parse(this.zoom.peek()) as View | null;
    const by = view?.x ? this.newest() - view.x[1] : 0;
    if (view?.x && by > 0 && Number.isFinite(by)) zoomTo(this.metric, { ...view, x: [view.x[0] + by, view.x[1] + by] }, true);
  }

  private measure(host: HTMLElement): void {
    const pixels = host.clientWidth * Math.min(2, window.devicePixelRatio);
    this.width.value = Math.max(LEAST_WIDTH, Math.ceil(pixels / WIDTH_STEP) * WIDTH_STEP);
  }

  private redraw(): void {
    if (this.frame !== 0 || !this.chart) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const runs = this.runs.value;
    const { points, loading, error } = this.feed;
    const lines = linesOf({ runs, points, xAxis: xAxis.peek(), groupBy: groupBy.peek(), spread: spread.peek() });
    this.chart?.setLines(lines);
    this.lines.value = lines;
    const held = runs.flatMap((run) => points.get(run.id) ?? []);
    this.drawn.value = {
      points: held.reduce((sum, each) => sum + each.values.length, 0),
      last: held[0]?.last ?? null,
      max: largest(lines),
      bucket: Math.max(0, ...held.map((each) => each.bucket ?? 0)) || null,
      loading: held.length === 0 && loading,
      error,
    };
    this.keepUp();
  }
}
