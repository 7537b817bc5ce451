import { axisFont, drawAxes } from "./axes.ts";
import { Cursor } from "./cursor.ts";
import { describe } from "./describe.ts";
import { drawHighlight, drawLines } from "./draw.ts";
import { layout } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { nearest } from "./hit.ts";
import type { Hit } from "./hit.ts";
import { listenKeys } from "./keys.ts";
import { Layers } from "./layers.ts";
import { picture } from "./picture.ts";
import { Pointer } from "./pointer.ts";
import { toPixel } from "./scale.ts";
import { schedule, unschedule } from "./schedule.ts";
import { prepareAll } from "./series.ts";
import { readTheme } from "./theme.ts";
import type { Theme } from "./theme.ts";
import { readout, Tip } from "./tip.ts";
import type { ChartEvents, ChartOptions, Line, Series, View } from "./types.ts";
import { target } from "./walk.ts";
import { viewOf, zoomAbout } from "./zoom.ts";

/** Where the reader points: in the chart, and in the window for the tip. */
interface Spot {
  x: number;
  y: number;
  clientX: number;
  clientY: number;
}

/** Pixels within which a line counts as pointed at. */
const NEAR = 24;
const CLICK = 10;

export class Chart {
  private readonly layers: Layers;
  private readonly cursor: Cursor;
  private readonly tip: Tip;
  private readonly pointer: Pointer;
  private readonly live: HTMLElement;
  private readonly observer: ResizeObserver;
  private readonly unlisten: () => void;
  private readonly stop = new AbortController();
  private options: ChartOptions;
  private series: Series[] = [];
  private view: View | null = null;
  private frame: Frame | null = null;
  private theme: Theme | null = null;
  private spot: Spot | null = null;
  private hits: Hit[] = [];
  private shared: number | null = null;
  private told: number | null = null;
  private wanted: string | null = null;
  private pointed: string | null = null;
  private lit: string | null = null;
  private stale = true;

  constructor(private readonly host: HTMLElement, options: ChartOptions, private readonly events: ChartEvents) {
    this.options = { ...options };
    host.classList.add("chart-host");
    this.layers = new Layers(host);
    this.cursor = new Cursor(host);
    this.tip = new Tip(host);
    this.live = document.createElement("span");
    this.live.className = "chart-live";
    this.live.setAttribute("aria-live", "polite");
    host.append(this.live);
    const { canvas } = this.layers.top;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", options.title);
    this.pointer = this.listen(canvas);
    this.unlisten = this.listenKeys(canvas);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(host);
    this.watch();
  }

  setLines(lines: Line[]): void {
    this.series = prepareAll(lines, this.options, new Map(this.series.map((s) => [s.line.id, s])));
    this.redraw();
  }

  /** Another x axis also ends the zoom, whose bounds are in its units. */
  setOptions(part: Partial<ChartOptions>): void {
    const before = this.options;
    this.options = { ...before, ...part };
    const { xAxis, smoothing, logY, theme } = this.options;
    if (xAxis !== before.xAxis) this.view = null;
    if (theme !== before.theme) this.theme = null;
    if (xAxis !== before.xAxis || smoothing !== before.smoothing || logY !== before.logY) {
      this.series = prepareAll(this.series.map((s) => s.line), this.options, new Map());
    }
    this.redraw();
  }

  setView(view: View | null): void {
    this.view = view;
    this.redraw();
  }

  setCursor(x: number | null): void {
    if (x === this.shared) return;
    this.shared = x;
    if (!this.spot) schedule(this);
  }

  highlight(id: string | null): void {
    if (id === this.wanted) return;
    this.wanted = id;
    schedule(this);
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    const { layers } = this;
    if (width === layers.width && height === layers.height && devicePixelRatio === layers.dpr) return;
    Object.assign(layers, { width, height, dpr: devicePixelRatio || 1 });
    this.redraw();
  }

  async toBlob(): Promise<Blob> {
    this.resize();
    this.draw();
    return picture(this.layers, this.series, this.options.title, this.colors());
  }

  destroy(): void {
    unschedule(this);
    this.stop.abort();
    this.observer.disconnect();
    this.unlisten();
    this.pointer.destroy();
    this.tip.hide();
    for (const part of [this.layers, this.cursor, this.tip, this.live]) part.remove();
    this.host.classList.remove("chart-host");
  }

  /** Called by the scheduler, once per frame at most. */
  draw(): void {
    const { layers } = this;
    if (layers.width < 40 || layers.height < 40) return;
    const fresh = this.stale || !this.frame;
    if (fresh) this.drawBase();
    const frame = this.frame as Frame;
    this.point(frame);
    this.drawTop(frame, fresh);
    this.drawCursor(frame);
  }

  private redraw(): void {
    this.stale = true;
    schedule(this, this.spot !== null);
  }

  private colors(): Theme {
    return (this.theme ??= readTheme(this.host, this.options.theme));
  }

  private drawBase(): void {
    this.stale = false;
    const { layers } = this;
    const theme = this.colors();
    layers.fitBase();
    layers.axes.font = axisFont(theme);
    const measure = (text: string): number => layers.axes.measureText(text).width;
    this.frame = layout(this.series, this.options, this.view, layers, measure);
    drawAxes(layers.axes, this.frame, theme);
    drawLines(layers.lines, this.frame, this.series);
    layers.top.canvas.setAttribute("aria-label", describe(this.frame, this.options, this.series.length));
  }

  /** Finds what is under the pointer, and tells whom it concerns. */
  private point(frame: Frame): void {
    const { spot } = this;
    this.hits = spot && !frame.empty ? nearest(this.series, spot.x, spot.y, frame.sx, frame.sy) : [];
    const first = this.hits[0];
    const x = first ? (first.series.x[first.index] as number) : null;
    const id = first && first.distance <= NEAR && this.series.length > 1 ? first.series.line.id : null;
    if (id !== this.pointed) {
      this.pointed = id;
      this.events.onHighlight?.(id);
    }
    if (x !== this.told) {
      this.told = x;
      this.events.onHover?.(x);
    }
  }

  private drawTop(frame: Frame, fresh: boolean): void {
    const id = this.pointed ?? this.wanted;
    if (id === this.lit && !fresh) return;
    const s = id === null ? undefined : this.series.find((one) => one.line.id === id);
    this.lit = id;
    this.layers.fitTop(s !== undefined);
    this.layers.fade(s !== undefined && this.series.length > 1);
    if (s) drawHighlight(this.layers.top, frame, s);
  }

  private drawCursor(frame: Frame): void {
    const { spot } = this;
    const first = this.hits[0];
    const shown = this.lit === null ? this.hits : this.hits.filter((h) => h.series.line.id === this.lit);
    const other = this.shared === null || spot ? null : toPixel(frame.sx, this.shared);
    this.cursor.show(first ? first.px : other, frame.box, shown);
    if (spot && first) this.tip.show(this.hits, spot.clientX, spot.clientY);
    else this.tip.hide();
  }

  private listen(canvas: HTMLCanvasElement): Pointer {
    return new Pointer(canvas, this.host, {
      box: () => this.frame?.box ?? null,
      hover: (x, y, clientX, clientY) => this.look({ x, y, clientX, clientY }),
      leave: () => this.look(null),
      select: (s) => this.frame && this.show(viewOf(this.frame, s, this.view) ?? this.view),
      click: (x, y) => this.click(x, y),
      reset: () => this.show(null),
      zoom: (factor, x) => this.zoom(factor, x),
    });
  }

  private listenKeys(canvas: HTMLCanvasElement): () => void {
    canvas.addEventListener("blur", () => this.look(null), { signal: this.stop.signal });
    return listenKeys(canvas, {
      move: (points) => this.walk({ points }),
      edge: (last) => this.walk({ edge: last ? "last" : "first" }),
      line: (by) => this.walk({ line: by }),
      zoom: (factor) => this.zoom(factor, this.hits[0]?.px),
      reset: () => this.show(null),
      clear: () => {
        const had = this.pointer.cancel() || this.spot !== null;
        this.look(null);
        return had;
      },
    });
  }

  /** Draws anew when the fonts have come, or the window goes to a screen of another density. */
  private watch(): void {
    const { signal } = this.stop;
    void document.fonts?.ready.then(() => {
      if (!signal.aborted) this.redraw();
    });
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => this.resize(), { signal });
  }

  private look(spot: Spot | null): void {
    if (!spot && !this.spot) return;
    this.spot = spot;
    schedule(this, true);
  }

  private show(view: View | null): void {
    this.setView(view);
    this.events.onZoom?.(view);
  }

  private zoom(factor: number, x?: number): void {
    const { frame } = this;
    if (!frame || frame.empty) return;
    const view = zoomAbout(frame, factor, x ?? (frame.box.left + frame.box.right) / 2, this.view);
    if (view) this.show(view);
  }

  private click(x: number, y: number): void {
    if (!this.frame) return;
    const first = nearest(this.series, x, y, this.frame.sx, this.frame.sy)[0];
    if (first && first.distance <= CLICK) this.events.onLine?.(first.series.line.id);
  }

  private walk(step: Parameters<typeof target>[3]): void {
    const { frame } = this;
    const to = frame && target(this.series, this.hits[0], frame, step);
    if (!to) return;
    const at = this.layers.top.canvas.getBoundingClientRect();
    this.look({ x: to.px, y: to.py, clientX: at.left + to.px, clientY: at.top + to.py });
    this.live.textContent = readout(to);
  }
}
