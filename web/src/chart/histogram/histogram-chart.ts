import { axisFont, drawAxes } from "../axes.ts";
import { Cursor } from "../cursor.ts";
import { watchDisplay } from "../display.ts";
import { formatStep, formatValue } from "../format.ts";
import type { Frame } from "../frame.ts";
import { listen } from "../input.ts";
import type { Spot } from "../input.ts";
import { Layers } from "../layers.ts";
import { toPixel, toValue } from "../scale.ts";
import { schedule, unschedule } from "../schedule.ts";
import { readTheme } from "../theme.ts";
import type { Range, View, XAxis } from "../types.ts";
import type { Walk } from "../walk.ts";
import { moved, viewOf, zoomAbout } from "../zoom.ts";
import { binAt, columnEdges } from "./bins.ts";
import type { Histogram } from "./bins.ts";
import { heatFrame, ridgeFrame } from "./frames.ts";
import { drawHeat } from "./heat.ts";
import { readout, ReadingTip } from "./reading.ts";
import type { Place } from "./reading.ts";
import { drawRidges, ridgeAt, ridgesOf } from "./ridge.ts";

export type HistogramView = "heat" | "ridges";

export interface HistogramOptions {
  view: HistogramView;
  title: string;
  color: string;
  theme: "light" | "dark";
  xAxis: Exclude<XAxis, "metric">;
  /** Where relative time begins. */
  start: number;
  /** What all charts beside this one reach over. */
  x: Range | null;
  values: Range | null;
}

export interface HistogramEvents {
  onZoom(view: View | null, through: boolean): void;
  onBack(): void;
  /** Where the cursor is on the x axis. */
  onHover(x: number | null): void;
}

/** The histograms of one run over its steps: a column each, or ridges behind each other. */
export class HistogramChart {
  private readonly layers: Layers;
  private readonly cursor: Cursor;
  private readonly tip: ReadingTip;
  private readonly live: HTMLElement;
  private readonly stop: (() => void)[];
  private list: readonly Histogram[] = [];
  private drawn: readonly Histogram[] = [];
  private at: number[] = [];
  private frame: Frame | null = null;
  private spot: Spot | null = null;
  private place: Place | null = null;
  private shared: number | null = null;
  private stale = true;

  constructor(
    private readonly host: HTMLElement,
    private options: HistogramOptions,
    private readonly events: HistogramEvents,
  ) {
    host.classList.add("chart-host");
    this.layers = new Layers(host);
    this.cursor = new Cursor(host);
    this.tip = new ReadingTip(host);
    this.live = document.createElement("span");
    this.live.className = "chart-live";
    this.live.setAttribute("aria-live", "polite");
    host.append(this.live);
    const { canvas } = this.layers.top;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    this.name();
    this.stop = [this.listen(canvas), watchDisplay(host, () => this.resize(), () => this.redraw())];
  }

  /** In order of their steps. */
  set(list: readonly Histogram[], options: HistogramOptions): void {
    this.list = list;
    this.options = options;
    this.name();
    this.redraw();
  }

  setCursor(x: number | null): void {
    if (x === this.shared) return;
    this.shared = x;
    schedule(this);
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    Object.assign(this.layers, { width, height, dpr: devicePixelRatio || 1 });
    this.redraw();
  }

  destroy(): void {
    unschedule(this);
    for (const stop of this.stop) stop();
    this.tip.hide();
    for (const part of [this.layers, this.cursor, this.tip, this.live]) part.remove();
    this.host.classList.remove("chart-host");
  }

  /** Called by the scheduler, once per frame at most. */
  draw(): void {
    const { layers } = this;
    if (layers.width < 40 || layers.height < 40) return;
    if (this.stale || !this.frame) this.drawBase();
    this.drawTop(this.frame as Frame);
  }

  private redraw(): void {
    this.stale = true;
    schedule(this, this.spot !== null);
  }

  private get ridged(): boolean {
    return this.options.view === "ridges";
  }

  private placeOf(h: Histogram): number {
    const { xAxis, start } = this.options;
    return xAxis === "step" ? h.step : xAxis === "time" ? h.time : h.time - start;
  }

  private drawBase(): void {
    this.stale = false;
    const { layers, options } = this;
    layers.fitBase();
    const theme = readTheme(this.host, options.theme);
    layers.axes.font = axisFont(theme);
    this.frame = this.layout();
    drawAxes(layers.axes, this.frame, theme, this.list.length > 0 ? "Nothing but empty bins" : "");
    if (this.ridged) drawRidges(layers.lines, this.frame, this.drawn, options.color, theme, this.lit);
    else drawHeat(layers.lines, this.frame, this.list, this.at, options.color);
  }

  private layout(): Frame {
    const { layers, options, list } = this;
    const measure = (text: string): number => layers.axes.measureText(text).width;
    if (this.ridged) {
      const inside = list.filter((h) => options.xAxis !== "step" || !options.x || (h.step >= options.x[0] && h.step <= options.x[1]));
      this.drawn = ridgesOf(inside, layers.height);
      const steps: Range | null = this.drawn.length > 0 ? [this.drawn[0]!.step, this.drawn.at(-1)!.step] : null;
      return ridgeFrame(steps, options.values, layers, measure);
    }
    this.drawn = list;
    this.at = list.map((h) => this.placeOf(h));
    const edges = list.length > 0 ? columnEdges(this.at) : [];
    const own: Range | null = edges.length > 0 ? [edges[0]!, edges.at(-1)!] : null;
    return heatFrame(own && (options.x ?? own), options.values, options, layers, measure);
  }

  private get lit(): number {
    return this.place ? this.drawn.indexOf(this.place.histogram) : -1;
  }

  /** It has a name before it is drawn, which waits for room and for a frame. */
  private name(): void {
    this.layers.top.canvas.setAttribute("aria-label", this.described());
  }

  private described(): string {
    const { title, values } = this.options;
    const [first, last] = [this.list[0], this.list.at(-1)];
    if (!first || !last || !values) return `${title}: histograms, no data`;
    const steps = `steps ${formatStep(first.step)} to ${formatStep(last.step)}`;
    return `${title}: ${this.list.length} histograms, ${steps}, values ${formatValue(values[0])} to ${formatValue(values[1])}`;
  }

  private find({ x, y }: Spot): Place | null {
    const { frame, drawn } = this;
    if (!frame || frame.empty || drawn.length === 0) return null;
    const k = this.ridged ? ridgeAt(drawn, frame, y) : this.nearest(toValue(frame.sx, x));
    const histogram = drawn[k]!;
    return { histogram, bin: binAt(histogram, this.ridged ? toValue(frame.sx, x) : toValue(frame.sy, y)) };
  }

  private nearest(x: number): number {
    let best = 0;
    this.at.forEach((at, k) => {
      if (Math.abs(at - x) < Math.abs(this.at[best]! - x)) best = k;
    });
    return best;
  }

  private look(spot: Spot | null): void {
    if (!spot && !this.spot) return;
    this.spot = spot;
    const before = this.place?.histogram;
    this.place = spot && this.find(spot);
    if (this.ridged && this.place?.histogram !== before) this.stale = true;
    this.events.onHover(this.place ? this.placeOf(this.place.histogram) : null);
    schedule(this, true);
  }

  private drawTop(frame: Frame): void {
    const { place, spot, layers } = this;
    layers.fitTop(place !== null);
    if (place && spot) this.tip.show(place, spot.clientX, spot.clientY);
    else this.tip.hide();
    const x = place ? this.placeOf(place.histogram) : this.shared;
    this.cursor.show(x === null || frame.empty || this.ridged ? null : toPixel(frame.sx, x), frame.box, []);
    if (place && place.bin >= 0) this.mark(layers.top, frame, place);
  }

  /** Outlines the bin under the cursor. */
  private mark(ctx: CanvasRenderingContext2D, f: Frame, { histogram, bin }: Place): void {
    const { strong } = readTheme(this.host, this.options.theme);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    ctx.setTransform(f.dpr, 0, 0, f.dpr, 0, 0);
    const across = this.ridged ? f.sx : f.sy;
    const [lo, hi] = [toPixel(across, histogram.edges[bin]!), toPixel(across, histogram.edges[bin + 1]!)];
    ctx.strokeStyle = strong;
    if (this.ridged) {
      ctx.lineWidth = 3;
      const foot = toPixel(f.sy, histogram.step);
      ctx.beginPath();
      ctx.moveTo(lo, foot);
      ctx.lineTo(hi, foot);
      ctx.stroke();
      return;
    }
    const edges = columnEdges(this.at);
    const k = this.list.indexOf(histogram);
    const [left, right] = [toPixel(f.sx, edges[k]!), toPixel(f.sx, edges[k + 1]!)];
    ctx.lineWidth = 1.5;
    ctx.strokeRect(left - 1, hi - 1, Math.max(2, right - left) + 2, Math.max(2, lo - hi) + 2);
  }

  private listen(canvas: HTMLCanvasElement): () => void {
    const zoomed = (): View | null => (this.options.x ? { x: this.options.x, y: null } : null);
    const show = (view: View | null, through: boolean): void => {
      if (view?.x) this.events.onZoom({ x: view.x, y: null }, through);
    };
    return listen(canvas, this.host, {
      // Ridges have no x axis that others share: nothing there is selected.
      box: () => (this.ridged || this.frame?.empty ? null : (this.frame?.box ?? null)),
      look: (spot) => this.look(spot),
      walk: (step) => this.walk(step),
      select: (rectangle) => this.frame && rectangle.x && show(viewOf(this.frame, { x: rectangle.x, y: null }, zoomed()), false),
      zoom: (factor, x) => {
        const { frame } = this;
        if (frame && !frame.empty && !this.ridged) show(zoomAbout(frame, factor, x ?? (frame.box.left + frame.box.right) / 2, zoomed()), true);
      },
      pan: (dx) => this.frame && !this.frame.empty && !this.ridged && this.options.x && show(moved(this.frame, dx, 0, zoomed()), true),
      reset: () => this.events.onZoom(null, false),
      back: () => this.events.onBack(),
      pin: () => {},
      menu: () => false,
      clear: () => {
        const had = this.spot !== null;
        this.look(null);
        return had;
      },
      other: () => false,
    });
  }

  /** Arrows go from histogram to histogram, and from bin to bin. */
  private walk({ points = 0, edge, line = 0 }: Walk): void {
    const { frame, drawn } = this;
    if (!frame || frame.empty || drawn.length === 0) return;
    const now = this.place ? drawn.indexOf(this.place.histogram) : drawn.length - 1;
    const [along, through] = this.ridged ? [-line, points] : [points, -line];
    const k = edge ? (edge === "last" ? drawn.length - 1 : 0) : Math.min(drawn.length - 1, Math.max(0, now + (this.place ? along : 0)));
    const histogram = drawn[k]!;
    const fullest = histogram.counts.indexOf(Math.max(...histogram.counts));
    const from = this.place && this.place.bin >= 0 ? Math.min(histogram.counts.length - 1, this.place.bin) : fullest;
    const bin = Math.min(histogram.counts.length - 1, Math.max(0, from + (this.place ? through : 0)));
    const value = (histogram.edges[bin]! + histogram.edges[bin + 1]!) / 2;
    const x = this.ridged ? toPixel(frame.sx, value) : toPixel(frame.sx, this.placeOf(histogram));
    const y = this.ridged ? toPixel(frame.sy, histogram.step) : toPixel(frame.sy, value);
    const box = this.layers.top.canvas.getBoundingClientRect();
    this.look({ x, y, clientX: box.left + x, clientY: box.top + y });
    this.place = { histogram, bin };
    this.live.textContent = readout(this.place);
  }
}
