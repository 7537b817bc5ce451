import { computed, effect, signal, untracked } from "@preact/signals";
import { Chart, schedule, unschedule } from "../chart/index.ts";
import type { Best, ChartOptions, Line, Notes, Range, Reading, ScaleKind, Sketch, Smoothing, View } from "../chart/index.ts";
import { page, show } from "../state/address.ts";
import { alertFlags, alertOf } from "../state/alert-flags.ts";
import { alertPlace } from "../state/alert-place.ts";
import { alerts } from "../state/alerts.ts";
import { annotations, annotationsOf, draft, write } from "../state/annotations.ts";
import { axisOf } from "../state/axis-metric.ts";
import { joinCursor, moveCursor } from "../state/cursor.ts";
import type { Window } from "../state/feed.ts";
import { inkOf } from "../state/inks.ts";
import { stepsWithin } from "../state/join.ts";
import { openLineMenu } from "../state/line-menu.ts";
import type { OwnLook } from "../state/own-looks.ts";
import { readOnly } from "../state/read-only.ts";
import { bands, groupBy, logX, members, outliers, setOwnLook, smoothing, spread, xAxis, xName, yScale } from "../state/settings.ts";
import { hoveredRun } from "../state/shown.ts";
import { metricOf, runIdOf } from "../state/sources.ts";
import type { Members } from "../state/sources.ts";
import { theme } from "../state/theme.ts";
import { zoomBack, zoomTo } from "../state/zoom-history.ts";
import { zoomOf } from "../state/zoom.ts";
import { ChartData } from "./chart-data.ts";
import type { Drawn } from "./chart-data.ts";
import { MergedData } from "./merged-data.ts";
import type { Data } from "./merged-data.ts";

const WIDTH_STEP = 200;
const LEAST_WIDTH = 200;
/** A range is asked for once it has been still for so long, or has moved on for longer than that. */
const STILL_MS = 120;
const LONGEST_MS = 1_000;
const NOTHING: Notes = { nan: 0, infinite: 0, odd: null, unplaced: 0, beyond: 0 };

/** One metric's chart: what it asks for, draws and tells, apart from the card around it. */
export class ChartController {
  readonly drawn = signal<Drawn>({ points: 0, last: null, max: null, bucket: null, missing: [], loading: true, error: null });
  readonly notes = signal<Notes>(NOTHING);
  /** Values at the cursor; empty without one. */
  readonly readings = signal<Reading[]>([]);
  readonly lines = signal<readonly Line[]>([]);
  /** Whether it is shown as a table, too. */
  readonly table = signal(false);
  readonly data: Data;
  /** The first of its metrics, by which it is known. */
  readonly metric: string;
  // Text compares by value: a change of something else in the address is no reason to draw.
  private readonly zoom = computed(() => JSON.stringify(zoomOf(page.value, page.value.linked, this.metric)));
  readonly zoomed = computed(() => this.zoom.value !== "null");
  private readonly own = computed(() => JSON.stringify(page.value.own.get(this.metric) ?? null));
  readonly yScale = computed<ScaleKind>(() => this.look?.yScale ?? yScale.value);
  readonly members = computed<Members>(() => this.look?.members ?? members.value);
  readonly best = computed<Best | null>(() => this.look?.best ?? null);
  readonly yEnds = computed<[number | null, number | null]>(() => [this.look?.yMin ?? null, this.look?.yMax ?? null]);
  readonly smoothing = computed<Smoothing>(() => ({ ...smoothing.value, weight: this.look?.smoothing ?? smoothing.value.weight }));
  private readonly width = signal(LEAST_WIDTH);
  private chart: Chart | null = null;
  private still = 0;
  private asked = "null";
  /** Where the cursor is. */
  private at: number | null = null;
  /** When the zoom on its way began. */
  private since = Infinity;
  private undo: (() => void)[] = [];

  constructor(
    readonly metrics: readonly string[],
    /** Whether it fills the window. */
    private readonly full: boolean,
  ) {
    const [first = ""] = metrics;
    const changed = (): void => this.redraw();
    this.metric = first;
    this.data = metrics.length > 1 ? new MergedData(metrics, this.members, changed) : new ChartData(first, this.members, changed);
  }

  get attached(): boolean {
    return this.chart !== null;
  }

  /** Draws into `host` until detached; what is held is drawn at once. */
  attach(host: HTMLElement): void {
    const chart = new Chart(host, this.options(), {
      onZoom: (view, through) => this.zoomTo(view, through),
      onBack: zoomBack,
      onHover: (x) => {
        this.at = x;
        moveCursor(chart, x);
      },
      onPin: (x) => show({ cursor: x }),
      onMenu: (id, x, y) => openLineMenu({ id: runIdOf(id), metric: metricOf(id, this.metrics), x, y }),
      onFlag: (id) => this.open(id),
      onHighlight: (id) => (hoveredRun.value = id === null ? null : runIdOf(id)),
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
    const looks = computed(() => JSON.stringify([theme.value, groupBy.value, spread.value, this.members.value, ...this.data.runs.value.map((run) => [run.id, run.name, inkOf(run)])]));
    const cursor = computed(() => page.value.cursor);
    this.undo = [
      () => observer.disconnect(),
      this.data.show(host),
      joinCursor(chart),
      effect(() => this.ask()),
      effect(() => chart.setOptions(this.options())),
      effect(() => chart.setView(JSON.parse(this.zoom.value) as View | null)),
      effect(() => chart.highlight(hoveredRun.value)),
      effect(() => chart.setPin(cursor.value)),
      effect(() => chart.flags.set([...annotationsOf(this.metrics), ...alertFlags(alerts.value, this.data.runs.value)])),
      looks.subscribe(() => this.redraw()),
      effect(() => {
        if (xAxis.value === "metric") for (const run of this.data.runs.value) axisOf(run.id);
        this.redraw();
      }),
    ];
    this.draw();
  }

  detach(): void {
    for (const each of this.undo) each();
    this.undo = [];
    clearTimeout(this.still);
    unschedule(this);
    this.chart?.destroy();
    this.chart = null;
  }

  retry(): void {
    this.data.retry();
    this.want();
    this.redraw();
  }

  zoomTo(view: View | null, through = false): void {
    zoomTo(this.metric, view, through);
    const reaches = view?.x ? view.x[1] >= this.data.newest() && this.data.runs.peek().some((run) => run.status === "running") : false;
    if (reaches !== page.peek().follow) show({ follow: reaches });
  }

  /** Shows where numbers are missing, with a little around it. */
  zoomToOdd(): void {
    const { odd } = this.notes.peek();
    if (!odd) return;
    const air = Math.max((odd[1] - odd[0]) * 0.25, xAxis.peek() === "step" ? 10 : (this.data.newest() - odd[0]) * 0.01 || 1);
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
      best: this.best.value, yEnds: this.yEnds.value, outliers: outliers.value, bands: bands.value, theme: theme.value, title: this.metrics.join(", "),
    };
  }

  private window(): Window {
    const x = (JSON.parse(this.zoom.value) as View | null)?.x ?? null;
    const stepsOf = (run: string): Range | null => {
      const axis = x && axisOf(run);
      return axis ? stepsWithin(axis, x) : null;
    };
    return { xAxis: xAxis.value, x, width: this.width.value, smooth: this.smoothing.value.weight > 0, best: this.best.value !== null, stepsOf };
  }

  /** Asks for what is in view: at once, but for a zoom on the way only when it rests. */
  private ask(): void {
    const wanted = this.window();
    const range = JSON.stringify(wanted.x);
    const moving = range !== this.asked && !this.data.empty;
    this.data.watch();
    const now = performance.now();
    if (!moving) this.since = Infinity;
    else this.since = Math.min(this.since, now);
    this.asked = range;
    clearTimeout(this.still);
    if (!moving) return this.want();
    const wait = Math.max(0, Math.min(STILL_MS, this.since + LONGEST_MS - now));
    this.still = window.setTimeout(() => {
      this.since = Infinity;
      this.want();
    }, wait);
  }

  private want(): void {
    this.data.want(untracked(() => this.window()));
  }

  /** Chooses the y axis of this chart alone. */
  setYScale(kind: ScaleKind): void {
    setOwnLook(this.metric, { yScale: kind === yScale.peek() ? null : kind });
  }

  /** What it has of its own, over what all charts have. */
  get look(): OwnLook | null {
    return JSON.parse(this.own.value) as OwnLook | null;
  }

  /** Begins to write at the cursor, else at the fixed one, else at the part that is in view or the last step. */
  annotate(): void {
    if (readOnly || xAxis.peek() !== "step") return;
    const at = this.at ?? page.peek().cursor;
    const [first, last] = at === null ? (this.stepsInView() ?? [this.data.newest(), this.data.newest()]) : [at, at];
    write(this.metric, first, last);
  }

  /** Opens what was written at a flag, or the run that gave alarm there. */
  private open(flag: string): void {
    const alert = alertOf(flag, alerts.peek());
    if (alert) show(alertPlace(alert));
    else draft.value = annotations.peek().find((each) => each.id === flag) ?? null;
  }

  private press(key: string): boolean {
    if (key === "l") this.setYScale(this.yScale.peek() === "log" ? "linear" : "log");
    else if (key === ".") show({ follow: !page.peek().follow });
    else if (key === "n") this.annotate();
    else if (key === "<" || key === ">") void import("../state/card-edits.ts").then(({ step }) => step(this.metric, key === "<" ? -1 : 1));
    else if (key === "f") show({ full: this.full ? null : this.metric });
    else return false;
    return true;
  }

  private note(notes: Notes): void {
    if (JSON.stringify(notes) !== JSON.stringify(this.notes.peek())) this.notes.value = notes;
  }

  /** Moves the window along when it follows what is new. */
  private keepUp(): void {
    if (!page.peek().follow) return;
    const view = JSON.parse(this.zoom.peek()) as View | null;
    const by = view?.x ? this.data.newest() - view.x[1] : 0;
    if (view?.x && by > 0 && Number.isFinite(by)) zoomTo(this.metric, { ...view, x: [view.x[0] + by, view.x[1] + by] }, true);
  }

  private measure(host: HTMLElement): void {
    const pixels = host.clientWidth * Math.min(2, window.devicePixelRatio);
    this.width.value = Math.max(LEAST_WIDTH, Math.ceil(pixels / WIDTH_STEP) * WIDTH_STEP);
  }

  private redraw(): void {
    if (this.chart) schedule(this);
  }

  /** Called by the scheduler: what came is taken in as there is time for it. */
  draw(): void {
    const lines = this.data.lines();
    this.chart?.setLines(lines);
    this.lines.value = lines;
    this.drawn.value = this.data.told(lines);
    this.keepUp();
  }
}
