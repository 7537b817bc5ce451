import { axisFont, drawAxes } from "./axes.ts";
import { Cursor } from "./cursor.ts";
import { describe } from "./describe.ts";
import { watchDisplay } from "./display.ts";
import { drawHighlight, drawLines } from "./draw.ts";
import { Flags } from "./flags.ts";
import { layout } from "./frame.ts";
import type { Frame } from "./frame.ts";
import { nearest, pointedAt } from "./hit.ts";
import type { Hit } from "./hit.ts";
import { listen } from "./input.ts";
import type { Spot } from "./input.ts";
import { Layers } from "./layers.ts";
import { notesOf } from "./oddities.ts";
import { toPixel } from "./scale.ts";
import { isMoving, move, schedule, unschedule } from "./schedule.ts";
import { prepareAll } from "./series.ts";
import type { Sketch } from "./sketch.ts";
import { readTheme } from "./theme.ts";
import type { Theme } from "./theme.ts";
import { fixedAt, readout, Tip } from "./tip.ts";
import type { ChartEvents, ChartOptions, Line, Series, View } from "./types.ts";
import { target } from "./walk.ts";
import type { Walk } from "./walk.ts";
import { moved, viewOf, zoomAbout } from "./zoom.ts";

/** Pixels within which a line counts as pointed at. */
const NEAR = 24;

export class Chart {
  private readonly layers: Layers;
  private readonly cursor: Cursor;
  private readonly tip: Tip;
  readonly flags: Flags;
  private readonly live: HTMLElement;
  private readonly stop: (() => void)[];
  private options: ChartOptions;
  private series: Series[] = [];
  private view: View | null = null;
  private frame: Frame | null = null;
  private theme: Theme | null = null;
  private spot: Spot | null = null;
  private hits: Hit[] = [];
  private shared: number | null = null;
  private fixed: number | null = null;
  private told: number | null = null;
  private wanted: string | null = null;
  private pointed: string | null = null;
  private lit: string | null = null;
  private stale = true;
  /** Drawn while it moved: without its words, and roughly. */
  private hasty = false;

  constructor(private readonly host: HTMLElement, options: ChartOptions, private readonly events: ChartEvents) {
    this.options = { ...options };
    host.classList.add("chart-host");
    this.layers = new Layers(host);
    this.cursor = new Cursor(host);
    this.tip = new Tip(host);
    this.flags = new Flags(host, (id) => this.events.onFlag?.(id));
    this.live = document.createElement("span");
    this.live.className = "chart-live";
    this.live.setAttribute("aria-live", "polite");
    host.append(this.live);
    const { canvas } = this.layers.top;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", options.title);
    this.stop = [this.listen(canvas), watchDisplay(host, () => this.resize(), () => this.redraw())];
  }

  setLines(lines: Line[]): void {
    this.series = prepareAll(lines, this.options, new Map(this.series.map((s) => [s.line.id, s])));
    this.redraw();
  }

  /** Another x axis also ends the zoom, whose bounds are in its units. */
  setOptions(part: Partial<ChartOptions>): void {
    const before = this.options;
    this.options = { ...before, ...part };
    const { xAxis, smoothing, best, yScale, theme } = this.options;
    if (xAxis !== before.xAxis) this.view = null;
    if (theme !== before.theme) this.theme = null;
    const same = smoothing.kind === before.smoothing.kind && smoothing.weight === before.smoothing.weight;
    if (xAxis !== before.xAxis || !same || best !== before.best || yScale !== before.yScale) {
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

  /** Fixes a second cursor, from which differences are told. */
  setPin(x: number | null): void {
    if (x === this.fixed) return;
    this.fixed = x;
    schedule(this);
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

  /** Returns the chart as it is drawn now, for those who make files of it; null while it has no size. */
  sketch(): Sketch | null {
    this.resize();
    this.draw();
    const { layers, frame, series, options } = this;
    return frame && { layers, frame, series, options, theme: this.colors() };
  }

  destroy(): void {
    unschedule(this);
    for (const stop of this.stop) stop();
    this.tip.hide();
    for (const part of [this.layers, this.cursor, this.tip, this.flags, this.live]) part.remove();
    this.host.classList.remove("chart-host");
  }

  /** Called by the scheduler, once per frame at most. */
  draw(): void {
    const { layers } = this;
    if (layers.width < 40 || layers.height < 40) return;
    const fresh = this.stale || !this.frame || (this.hasty && !isMoving());
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
    this.hasty = isMoving();
    const { layers, series, options } = this;
    const theme = this.colors();
    layers.fitBase();
    layers.axes.font = axisFont(theme);
    const frame = this.layout();
    this.frame = frame;
    const nothing = series.some((s) => s.odd.length > 0) ? "Nothing but NaN and ∞" : "Nothing here";
    drawAxes(layers.axes, frame, theme, series.length > 0 ? nothing : "");
    drawLines(layers.lines, frame, series, this.hasty);
    this.flags.place(options.xAxis === "step" ? frame : null);
    // Words for what is drawn cost as much as drawing it.
    if (this.hasty) return;
    const notes = notesOf(series, frame.sx, frame.sy, options.outliers);
    layers.top.canvas.setAttribute("aria-label", describe(frame, options, series, notes));
    this.events.onNotes?.(notes);
  }

  /** Finds what is under the pointer, and tells whom it concerns. */
  private point(frame: Frame): void {
    const { spot } = this;
    this.hits = spot && !frame.empty ? pointedAt(this.series, spot, frame, isMoving() ? this.hits : null) : [];
    const first = this.hits[0];
    const x = first ? (first.series.x[first.index] as number) : null;
    const id = first && first.distance <= NEAR && this.series.length > 1 ? first.series.line.id : null;
    if (id !== this.pointed) {
      this.pointed = id;
      this.events.onHighlight?.(id);
    }
    if (x === this.told) return;
    this.told = x;
    this.events.onHover?.(x);
    this.events.onReadings?.(this.hits.map((hit) => ({ id: hit.series.line.id, value: hit.series.y[hit.index] as number })));
  }

  private drawTop(frame: Frame, fresh: boolean): void {
    const id = this.pointed ?? this.wanted;
    if (id === this.lit && !fresh) return;
    const s = id === null ? undefined : this.series.find((one) => one.line.id === id);
    this.lit = id;
    this.layers.fitTop(s !== undefined);
    this.layers.fade(s !== undefined && this.series.length > 1);
    if (s) drawHighlight(this.layers.top, frame, s, this.hasty);
  }

  private drawCursor(frame: Frame): void {
    const { spot, hits, options } = this;
    const first = hits[0];
    const shown = this.lit === null ? hits : hits.filter((h) => h.series.line.id === this.lit);
    const other = this.shared === null || spot ? null : toPixel(frame.sx, this.shared);
    this.cursor.show(first ? first.px : other, frame.box, shown);
    this.cursor.fix(this.fixed === null || frame.empty ? null : toPixel(frame.sx, this.fixed), frame.box);
    // A tip tells of points that stay the same while the chart moves.
    if (spot && first && isMoving()) return;
    if (spot && first) this.tip.show({ hits, id: this.pointed, fixed: fixedAt(this.fixed, hits), options }, spot.clientX, spot.clientY);
    else this.tip.hide();
  }

  private listen(canvas: HTMLCanvasElement): () => void {
    return listen(canvas, this.host, {
      box: () => this.frame?.box ?? null,
      look: (spot) => this.look(spot),
      walk: (step) => this.walk(step),
      select: (rectangle) => this.frame && this.show(viewOf(this.frame, rectangle, this.view), false),
      zoom: (factor, x) => this.zoom(factor, x ?? this.hits[0]?.px),
      pan: (dx, dy) => this.frame && !this.frame.empty && this.show(moved(this.frame, dx, dy, this.view), true),
      reset: () => this.reset(),
      back: () => this.events.onBack?.(),
      pin: () => this.pin(),
      menu: (spot) => this.menu(spot),
      clear: () => this.clear(),
      other: (key) => this.events.onKey?.(key) ?? false,
    });
  }

  private look(spot: Spot | null): void {
    if (!spot && !this.spot) return;
    this.spot = spot;
    schedule(this, true);
  }

  private layout(): Frame {
    const { axes } = this.layers;
    return layout(this.series, this.options, this.view, this.layers, (text) => axes.measureText(text).width);
  }

  private show(view: View | null, through: boolean): void {
    if (!view) return;
    if (through) move();
    this.setView(view);
    // The next move may come before the next frame is drawn, and starts from where this one ended.
    if (through) this.frame = this.layout();
    this.events.onZoom?.(view, through);
  }

  private reset(): void {
    this.setView(null);
    this.events.onZoom?.(null, false);
  }

  private zoom(factor: number, x?: number): void {
    const { frame } = this;
    if (!frame || frame.empty) return;
    this.show(zoomAbout(frame, factor, x ?? (frame.box.left + frame.box.right) / 2, this.view), true);
  }

  /** Fixes the cursor where it is; there again, frees it. */
  private pin(): void {
    const first = this.hits[0];
    if (!first) return;
    const x = first.series.x[first.index] as number;
    this.events.onPin?.(x === this.fixed ? null : x);
  }

  private clear(): boolean {
    const had = this.spot !== null || this.fixed !== null;
    if (this.spot === null) this.events.onPin?.(null);
    this.look(null);
    return had;
  }

  private menu({ x, y, clientX, clientY }: Spot): boolean {
    if (!this.frame || !this.events.onMenu) return false;
    const first = nearest(this.series, x, y, this.frame.sx, this.frame.sy)[0];
    if (!first || first.distance > NEAR) return false;
    this.events.onMenu(first.series.line.id, clientX, clientY);
    return true;
  }

  private walk(step: Walk): void {
    const { frame } = this;
    const to = frame && target(this.series, this.hits[0], frame, step);
    if (!to) return;
    const at = this.layers.top.canvas.getBoundingClientRect();
    this.look({ x: to.px, y: to.py, clientX: at.left + to.px, clientY: at.top + to.py });
    this.point(frame); // the next key may come before the next frame
    this.live.textContent = readout(to, this.options);
  }
}
