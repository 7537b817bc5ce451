import type { Box } from "./types.ts";

export interface Selection {
  x0: number;
  x1: number;
  /** Only when the drag chose a height too. */
  y0?: number;
  y1?: number;
}

export interface PointerHooks {
  box(): Box | null;
  hover(x: number, y: number, clientX: number, clientY: number): void;
  leave(): void;
  select(s: Selection): void;
  click(x: number, y: number): void;
  reset(): void;
  /** Zoom by `factor` about pixel `x`. */
  zoom(factor: number, x: number): void;
}

const MOVED = 5;
/** A drag this tall, in pixels and as a share of its width, is meant as a box. */
const TALL = 28;
const TALL_SHARE = 0.35;
/** A click waits this long, in case it is the first of two. */
const DOUBLE = 240;

function clamp(v: number, lo: number, hi: number): number {
  return Math.min(hi, Math.max(lo, v));
}

/** What a drag from one corner to the other selects, in pixels. */
export function selectionOf(box: Box, from: [number, number], to: [number, number], both: boolean): Selection | null {
  const xs = [from[0], to[0]].map((v) => clamp(v, box.left, box.right)).sort((a, b) => a - b);
  const ys = [from[1], to[1]].map((v) => clamp(v, box.top, box.bottom)).sort((a, b) => a - b);
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [...xs, ...ys];
  const wide = x1 - x0;
  const tall = y1 - y0;
  if (wide < MOVED && tall < TALL) return null;
  if (wide < MOVED) return { x0: box.left, x1: box.right, y0, y1 };
  const boxed = tall >= MOVED && (both || (tall >= TALL && tall >= wide * TALL_SHARE));
  return boxed ? { x0, x1, y0, y1 } : { x0, x1 };
}

/** Listens on the canvas and says what a pointer means; draws the rectangle of a drag. */
export class Pointer {
  private readonly stop = new AbortController();
  private readonly mark: HTMLElement;
  private from: [number, number] | null = null;
  private timer = 0;

  constructor(private readonly canvas: HTMLCanvasElement, host: HTMLElement, private readonly hooks: PointerHooks) {
    this.mark = document.createElement("div");
    this.mark.className = "chart-select";
    this.mark.hidden = true;
    host.append(this.mark);
    const { signal } = this.stop;
    canvas.addEventListener("pointerdown", (e) => this.down(e), { signal });
    canvas.addEventListener("pointermove", (e) => this.move(e), { signal });
    canvas.addEventListener("pointerup", (e) => this.up(e), { signal });
    canvas.addEventListener("pointercancel", () => this.cancel(), { signal });
    canvas.addEventListener("pointerleave", () => hooks.leave(), { signal });
    canvas.addEventListener("dblclick", () => this.double(), { signal });
    canvas.addEventListener("wheel", (e) => this.wheel(e), { signal, passive: false });
  }

  private down(e: PointerEvent): void {
    if (e.button !== 0 || e.pointerType === "touch") return;
    this.canvas.setPointerCapture(e.pointerId);
    this.from = [e.offsetX, e.offsetY];
  }

  private selection(e: PointerEvent): Selection | null {
    const box = this.hooks.box();
    return box && this.from && selectionOf(box, this.from, [e.offsetX, e.offsetY], e.shiftKey);
  }

  private move(e: PointerEvent): void {
    const s = this.selection(e);
    const box = this.hooks.box();
    this.mark.hidden = !s;
    if (!s || !box) return this.hooks.hover(e.offsetX, e.offsetY, e.clientX, e.clientY);
    this.hooks.leave();
    this.mark.classList.toggle("chart-select-box", s.y0 !== undefined);
    const { style } = this.mark;
    const top = s.y0 ?? box.top;
    style.setProperty("transform", `translate(${s.x0}px, ${top}px)`);
    style.setProperty("width", `${s.x1 - s.x0}px`);
    style.setProperty("height", `${(s.y1 ?? box.bottom) - top}px`);
  }

  private up(e: PointerEvent): void {
    const touch = e.pointerType === "touch";
    if (!this.from && !touch) return;
    const s = this.selection(e);
    this.cancel();
    if (s) return this.hooks.select(s);
    const [x, y] = [e.offsetX, e.offsetY];
    clearTimeout(this.timer);
    if (!touch) this.timer = window.setTimeout(() => this.hooks.click(x, y), DOUBLE);
  }

  private double(): void {
    clearTimeout(this.timer);
    this.hooks.reset();
  }

  private wheel(e: WheelEvent): void {
    // Without a modifier the page scrolls.
    if (!e.ctrlKey && !e.metaKey && !e.altKey) return;
    e.preventDefault();
    this.hooks.zoom(Math.exp(clamp(e.deltaY, -60, 60) * 0.005), e.offsetX);
  }

  /** Ends a drag without a selection; false if there was none. */
  cancel(): boolean {
    const was = this.from !== null;
    this.from = null;
    this.mark.hidden = true;
    return was;
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.stop.abort();
    this.mark.remove();
  }
}
