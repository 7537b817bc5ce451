import type { Frame } from "./frame.ts";
import { toPixel } from "./scale.ts";
import type { Theme } from "./theme.ts";

type Ctx = CanvasRenderingContext2D;

export function axisFont(theme: Theme): string {
  return `11px ${theme.font}`;
}

/** The centre of the device pixel at `v`, so that hairlines stay crisp. */
function crisp(v: number, dpr: number): number {
  return (Math.floor(v * dpr) + 0.5) / dpr;
}

function rule(ctx: Ctx, f: Frame, y: number, color: string): void {
  ctx.strokeStyle = color;
  ctx.lineWidth = Math.max(1, Math.floor(f.dpr)) / f.dpr;
  ctx.beginPath();
  ctx.moveTo(f.box.left, crisp(y, f.dpr));
  ctx.lineTo(f.box.right, crisp(y, f.dpr));
  ctx.stroke();
}

function yAxis(ctx: Ctx, f: Frame, theme: Theme): void {
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const t of f.yTicks) {
    const y = toPixel(f.sy, t.value);
    if (y < f.box.top - 1 || y > f.box.bottom + 1) continue;
    rule(ctx, f, y, t.value === 0 ? theme.axis : theme.grid);
    ctx.fillText(t.label, f.box.left - 8, y);
  }
}

function xAxis(ctx: Ctx, f: Frame, theme: Theme): void {
  ctx.textAlign = "center";
  ctx.textBaseline = "alphabetic";
  ctx.strokeStyle = theme.axis;
  let free = -Infinity;
  for (const t of f.xTicks) {
    const x = toPixel(f.sx, t.value);
    if (x < f.box.left - 1 || x > f.box.right + 1) continue;
    const half = ctx.measureText(t.label).width / 2;
    const at = Math.min(x, f.box.width - half - 2);
    ctx.beginPath();
    ctx.moveTo(crisp(x, f.dpr), f.box.bottom);
    ctx.lineTo(crisp(x, f.dpr), f.box.bottom + 4);
    ctx.stroke();
    if (at - half < free) continue;
    ctx.fillText(t.label, at, f.box.bottom + 16);
    free = at + half + 8;
  }
}

/** `nothing`: what to say where there is nothing to draw. */
export function drawAxes(ctx: Ctx, f: Frame, theme: Theme, nothing: string): void {
  ctx.setTransform(f.dpr, 0, 0, f.dpr, 0, 0);
  ctx.clearRect(0, 0, f.box.width, f.box.height);
  ctx.font = axisFont(theme);
  ctx.fillStyle = theme.text;
  rule(ctx, f, f.box.bottom, theme.axis);
  if (!f.empty) {
    yAxis(ctx, f, theme);
    xAxis(ctx, f, theme);
    return;
  }
  ctx.textAlign = "center";
  ctx.fillText(nothing, (f.box.left + f.box.right) / 2, (f.box.top + f.box.bottom) / 2);
}
