import type { Frame } from "./frame.ts";
import { project } from "./project.ts";
import { places, toPixel } from "./scale.ts";
import type { Series } from "./types.ts";
import { visible } from "./visible.ts";

type Ctx = CanvasRenderingContext2D;

const DOT = 2.5;
const SIZE = 6;
/** Marks at an edge that would touch each other become one. */
const APART = 9;

/** A triangle that points out of the plot: up with a positive size, down with a negative one. */
function triangle(ctx: Ctx, x: number, y: number, size: number): void {
  ctx.moveTo(x, y);
  ctx.lineTo(x - Math.abs(size) * 0.7, y + size);
  ctx.lineTo(x + Math.abs(size) * 0.7, y + size);
  ctx.closePath();
}

function chevron(ctx: Ctx, x: number, y: number, size: number): void {
  ctx.moveTo(x - Math.abs(size) * 0.6, y + size * 0.6);
  ctx.lineTo(x, y);
  ctx.lineTo(x + Math.abs(size) * 0.6, y + size * 0.6);
}

function cross(ctx: Ctx, x: number, y: number, size: number): void {
  ctx.moveTo(x - size / 2, y - size / 2);
  ctx.lineTo(x + size / 2, y + size / 2);
  ctx.moveTo(x + size / 2, y - size / 2);
  ctx.lineTo(x - size / 2, y + size / 2);
}

/** Points without neighbours, which no line shows. */
function dots(ctx: Ctx, f: Frame, s: Series): void {
  const p = project(s, s.y, f.sx, f.sy, f.dpr);
  ctx.beginPath();
  for (const i of p.alone) {
    ctx.moveTo((p.x[i] as number) + DOT * f.dpr, p.y[i] as number);
    ctx.arc(p.x[i] as number, p.y[i] as number, DOT * f.dpr, 0, 2 * Math.PI);
  }
  ctx.fill();
}

/** NaN as crosses along the bottom, infinities as triangles that point over the edge. */
function odd(ctx: Ctx, f: Frame, s: Series): void {
  const size = SIZE * f.dpr;
  const last = { nan: -Infinity, high: -Infinity, low: -Infinity };
  ctx.beginPath();
  for (const { x, kind } of s.odd) {
    const px = toPixel(f.sx, x) * f.dpr;
    if (Math.abs(px - last[kind]) < APART * f.dpr || !(x >= f.sx.lo && x <= f.sx.hi)) continue;
    last[kind] = px;
    if (kind === "nan") cross(ctx, px, f.box.bottom * f.dpr - size, size);
    else if (kind === "high") triangle(ctx, px, f.box.top * f.dpr, size);
    else triangle(ctx, px, f.box.bottom * f.dpr, -size);
  }
  ctx.fill();
  ctx.stroke();
}

/** Chevrons at the edge where a line leaves the plot, or where a value has no place on a logarithmic axis. */
function beyond(ctx: Ctx, f: Frame, s: Series): void {
  const [from, to] = visible(s, f.sx.lo, f.sx.hi);
  const size = SIZE * f.dpr;
  let [up, down] = [-Infinity, -Infinity];
  ctx.beginPath();
  for (let i = from; i < to; i++) {
    const v = s.y[i] as number;
    const raw = s.line.values[i] as number;
    const none = Number.isFinite(raw) && !places(f.sy.kind, raw);
    if (!none && !(v < f.sy.lo || v > f.sy.hi)) continue;
    const px = toPixel(f.sx, s.x[i] as number) * f.dpr;
    if (!none && v > f.sy.hi && px - up > APART * f.dpr) chevron(ctx, (up = px), f.box.top * f.dpr + 1, size);
    else if ((none || v < f.sy.lo) && px - down > APART * f.dpr) chevron(ctx, (down = px), f.box.bottom * f.dpr - 1, -size);
  }
  ctx.stroke();
}

/** What a line cannot say: lone points, what is no number, and what lies outside. */
export function drawMarks(ctx: Ctx, f: Frame, s: Series): void {
  ctx.fillStyle = ctx.strokeStyle = s.line.color;
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1.5 * f.dpr;
  ctx.setLineDash([]);
  // A group's mean is NaN where its members are; these say so themselves.
  if (s.odd.length > 0 && !s.line.members) odd(ctx, f, s);
  if (s.line.faint) return;
  dots(ctx, f, s);
  beyond(ctx, f, s);
}
