import { Pinch } from "./pinch.ts";
import type { Box, View } from "./types.ts";

export interface PointerHooks {
  box(): Box | null;
  hover(x: number, y: number, clientX: number, clientY: number): void;
  leave(): void;
  /** A rectangle in pixels; null for an axis that it leaves alone. */
  select(s: View): void;
  click(x: number, y: number): void;
  menu(x: number, y: number, clientX: number, clientY: number): boolean;
  reset(): void;
  /** Zoom by `factor` about pixel `x`. */
  zoom(factor: number, x: number): void;
  /** Move by pixels since the last call. */
  pan(dx: number, dy: number): void;
}

const MOVED = 5;
/** A drag this tall, in pixels and as a share of its width, is meant as a box. */
const TALL = 28;
const TALL_SHARE = 0.35;
/** Narrower than this share of its height, it is meant to choose a height only: no hand is steady. */
const NARROW_SHARE = 0.2;
/** A click waits this long, in case it is the first of two. */
const DOUBLE = 240;

function clamp(v: number, lo: number, hi: number): number {
  return Math.min(hi, Math.max(lo, v));
}

/** What a drag from one corner to the other selects, in pixels: along x, along y, or a box. */
export function selectionOf(box: Box, from: [number, number], to: [number, number]): View | null {
  const xs = [from[0], to[0]].map((v) => clamp(v, box.left, box.right)).sort((a, b) => a - b);
  const ys = [from[1], to[1]].map((v) => clamp(v, box.top, box.bottom)).sort((a, b) => a - b);
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [...xs, ...ys];
  const wide = x1 - x0;
  const tall = y1 - y0;
  const upright = tall >= TALL && tall >= wide * TALL_SHARE;
  if (wide < MOVED && !upright) return null;
  if (upright && wide < Math.max(MOVED, tall * NARROW_SHARE)) return { x: null, y: [y0, y1] };
  return { x: [x0, x1], y: upright ? [y0, y1] : null };
}

/** Listens on the canvas and says what a pointer means; draws the rectangle of a drag. */
export class Pointer {
  private readonly stop = new AbortController();
  private readonly mark: HTMLElement;
  private readonly pinch = new Pinch();
  private from: [number, number] | null = null;
  private panned: [number, number] | null = null;
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
    canvas.addEventListener("pointercancel", (e) => this.lost(e), { signal });
    canvas.addEventListener("pointerleave", () => hooks.leave(), { signal });
    canvas.addEventListener("dblclick", () => this.double(), { signal });
    canvas.addEventListener("contextmenu", (e) => this.menu(e), { signal });
    canvas.addEventListener("wheel", (e) => this.wheel(e), { signal, passive: false });
  }

  private down(e: PointerEvent): void {
    if (e.pointerType === "touch") return this.pinch.down(e);
    const pans = e.button === 1 || (e.button === 0 && e.shiftKey);
    if (e.button !== 0 && !pans) return;
    if (pans) e.preventDefault();
    this.canvas.setPointerCapture(e.pointerId);
    const at: [number, number] = [e.offsetX, e.offsetY];
    if (pans) this.panned = at;
    else this.from = at;
    this.canvas.classList.toggle("chart-panning", pans);
  }

  private selection(e: PointerEvent): View | null {
    const box = this.hooks.box();
    return box && this.from && selectionOf(box, this.from, [e.offsetX, e.offsetY]);
  }

  private move(e: PointerEvent): void {
    const pinched = this.pinch.move(e);
    if (pinched) {
      this.hooks.leave();
      this.hooks.pan(pinched.dx, 0);
      return this.hooks.zoom(pinched.factor, pinched.x);
    }
    if (this.panned) {
      this.hooks.leave();
      this.hooks.pan(e.offsetX - this.panned[0], e.offsetY - this.panned[1]);
      this.panned = [e.offsetX, e.offsetY];
      return;
    }
    const s = this.selection(e);
    const box = this.hooks.box();
    this.mark.hidden = !s;
    if (!s || !box) return this.hooks.hover(e.offsetX, e.offsetY, e.clientX, e.clientY);
    this.hooks.leave();
    this.show(s, box);
  }

  private show(s: View, box: Box): void {
    const [x0, x1] = s.x ?? [box.left, box.right];
    const [y0, y1] = s.y ?? [box.top, box.bottom];
    this.mark.classList.toggle("chart-select-box", s.y !== null);
    const { style } = this.mark;
    style.setProperty("transform", `translate(${x0}px, ${y0}px)`);
    style.setProperty("width", `${x1 - x0}px`);
    style.setProperty("height", `${y1 - y0}px`);
  }

  private up(e: PointerEvent): void {
    const touch = e.pointerType === "touch";
    this.pinch.up(e);
    const dragged = this.from !== null;
    const s = this.selection(e);
    this.cancel();
    if (!dragged || touch) return;
    if (s) return this.hooks.select(s);
    const [x, y] = [e.offsetX, e.offsetY];
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.hooks.click(x, y), DOUBLE);
  }

  private lost(e: PointerEvent): void {
    this.pinch.up(e);
    this.cancel();
  }

  private double(): void {
    clearTimeout(this.timer);
    this.hooks.reset();
  }

  private menu(e: MouseEvent): void {
    if (this.hooks.menu(e.offsetX, e.offsetY, e.clientX, e.clientY)) e.preventDefault();
  }

  private wheel(e: WheelEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) {
      e.preventDefault();
      this.hooks.zoom(Math.exp(clamp(e.deltaY, -60, 60) * 0.005), e.offsetX);
    } else if (e.shiftKey) {
      e.preventDefault();
      this.hooks.pan(-(e.deltaX || e.deltaY), 0);
    }
    // Without a modifier the page scrolls.
  }

  /** Ends a drag without a selection; false if there was none. */
  cancel(): boolean {
    const was = this.from !== null || this.panned !== null;
    this.from = this.panned = null;
    this.canvas.classList.remove("chart-panning");
    this.mark.hidden = true;
    return was;
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.stop.abort();
    this.mark.remove();
  }
}
