import type { Frame } from "./frame.ts";
import { drawMarks } from "./marks.ts";
import { project } from "./project.ts";
import type { Pixels } from "./project.ts";
import { rasterLine } from "./raster.ts";
import type { Target } from "./raster.ts";
import { rgb } from "./theme.ts";
import type { Series } from "./types.ts";
import { visible } from "./visible.ts";

type Ctx = CanvasRenderingContext2D;

/** Above this many points strokes cost more than columns do, and after the frame's own time, where no budget sees it. */
const HEAVY = 1_000;
/** The same while a chart moves, and nobody sees the difference. */
const HEAVY_MOVING = 150;
/** Device pixels per point of a line below which columns show as much of it as a stroke does. */
const DENSE = 2;
const BAND_ALPHA = 0.13;
const FAINT_ALPHA = 0.2;
const SPREAD_ALPHA = 0.18;

interface Stroke {
  series: Series;
  values: Float64Array;
  alpha: number;
  /** CSS pixels. */
  width: number;
  dash: number[] | undefined;
}

let image: ImageData | null = null;

function blank(width: number, height: number): ImageData {
  if (image?.width !== width || image.height !== height) image = new ImageData(width, height);
  else image.data.fill(0);
  return image;
}

function clip(ctx: Ctx, f: Frame): void {
  const { left, top, right, bottom } = f.box;
  ctx.beginPath();
  ctx.rect(left * f.dpr, top * f.dpr, (right - left) * f.dpr, (bottom - top) * f.dpr);
  ctx.clip();
}

function trace(path: Ctx, p: Pixels): void {
  let down = false;
  for (let i = 0; i < p.n; i++) {
    const y = p.y[i] as number;
    if (Number.isNaN(y)) {
      down = false;
      continue;
    }
    if (down) path.lineTo(p.x[i] as number, y);
    else path.moveTo(p.x[i] as number, y);
    down = true;
  }
}

function strokePath(ctx: Ctx, f: Frame, s: Stroke): void {
  const p = project(s.series, s.values, f.sx, f.sy, f.dpr);
  ctx.globalAlpha = s.alpha;
  ctx.strokeStyle = s.series.line.color;
  ctx.lineWidth = s.width * f.dpr;
  ctx.lineJoin = p.n > 300 ? "bevel" : "round";
  ctx.lineCap = s.dash ? "butt" : "round";
  ctx.setLineDash(s.dash ? s.dash.map((d) => d * f.dpr) : []);
  ctx.beginPath();
  trace(ctx, p);
  ctx.stroke();
}

function target(f: Frame, img: ImageData): Target {
  const { left, top, right, bottom } = f.box;
  return {
    pixels: img.data,
    stride: img.width,
    left: Math.round(left * f.dpr),
    top: Math.round(top * f.dpr),
    right: Math.min(img.width, Math.round(right * f.dpr)),
    bottom: Math.min(img.height, Math.round(bottom * f.dpr)),
  };
}

function rasterAll(ctx: Ctx, f: Frame, strokes: Stroke[]): void {
  const img = blank(ctx.canvas.width, ctx.canvas.height);
  const t = target(f, img);
  for (const s of strokes) {
    const p = project(s.series, s.values, f.sx, f.sy, f.dpr);
    const [r, g, b] = rgb(s.series.line.color);
    const ink = { r, g, b, alpha: s.alpha, width: s.width * f.dpr };
    rasterLine(t, p.x, p.y, p.n, s.dash ? { ...ink, dash: s.dash.map((d) => d * f.dpr) } : ink);
  }
  ctx.putImageData(img, 0, 0);
}

function drawBand(ctx: Ctx, f: Frame, s: Series): void {
  const { low, high } = s;
  if (!low || !high) return;
  const upper = project(s, high, f.sx, f.sy, f.dpr);
  const n = upper.n;
  const top = upper.y.slice(0, n);
  const p = project(s, low, f.sx, f.sy, f.dpr);
  ctx.globalAlpha = s.line.members ? SPREAD_ALPHA : BAND_ALPHA;
  ctx.fillStyle = s.line.color;
  ctx.beginPath();
  for (let i = 0; i < n; ) {
    const first = i;
    while (i < n && !Number.isNaN(top[i]) && !Number.isNaN(p.y[i])) i++;
    if (i - first > 1) {
      ctx.moveTo(p.x[first] as number, top[first] as number);
      for (let k = first + 1; k < i; k++) ctx.lineTo(p.x[k] as number, top[k] as number);
      for (let k = i - 1; k >= first; k--) ctx.lineTo(p.x[k] as number, p.y[k] as number);
    }
    if (i === first) i++;
  }
  ctx.fill();
}

function rawAlpha(lines: number): number {
  return lines <= 6 ? 0.26 : lines <= 16 ? 0.18 : 0.1;
}

function lineWidth(lines: number): number {
  return lines <= 20 ? 1.5 : lines <= 80 ? 1.25 : 1;
}

/** Where lines lie in heaps, seeing through them shows how many. */
function lineAlpha(lines: number): number {
  return lines <= 60 ? 1 : 0.7;
}

function strokesOf(f: Frame, all: Series[]): Stroke[] {
  const count = all.filter((s) => !s.line.faint).length;
  const width = lineWidth(count);
  const faint: Stroke[] = [];
  const raw: Stroke[] = [];
  const full: Stroke[] = [];
  for (const series of all) {
    const { dash } = series.line;
    if (series.line.faint) faint.push({ series, values: series.y, alpha: FAINT_ALPHA, width: 1, dash: undefined });
    else full.push({ series, values: series.y, alpha: lineAlpha(count), width: series.line.members ? 2 : width, dash });
    if (series.smoothed && f.raw && !series.line.faint && !series.line.members) {
      raw.push({ series, values: series.line.values, alpha: rawAlpha(count), width: 1, dash: undefined });
    }
  }
  return [...faint, ...raw, ...full];
}

function isHeavy(f: Frame, strokes: Stroke[], hasty: boolean): boolean {
  let sum = 0;
  for (const s of strokes) {
    const [from, to] = visible(s.series, f.sx.lo, f.sx.hi);
    sum += to - from;
  }
  const columns = (f.box.right - f.box.left) * f.dpr * strokes.length;
  return sum > (hasty ? HEAVY_MOVING : HEAVY) || sum * DENSE > columns;
}

interface Painting {
  strokes: Stroke[];
  bands: boolean;
  hasty: boolean;
}

function paint(ctx: Ctx, f: Frame, all: Series[], { strokes, bands, hasty }: Painting): void {
  const heavy = isHeavy(f, strokes, hasty);
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  if (heavy) rasterAll(ctx, f, strokes);
  else ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  ctx.save();
  clip(ctx, f);
  if (!heavy) for (const s of strokes) strokePath(ctx, f, s);
  for (const s of all) drawMarks(ctx, f, s);
  // Beneath what is there already: columns replace the picture, so that bands cannot come first.
  ctx.globalCompositeOperation = "destination-over";
  for (const s of all) if ((bands || s.line.members) && !s.line.faint) drawBand(ctx, f, s);
  ctx.restore();
}

/** `hasty`: as fast as can be, to be drawn again soon. */
export function drawLines(ctx: Ctx, f: Frame, all: Series[], hasty = false): void {
  paint(ctx, f, all, { strokes: strokesOf(f, all), bands: f.bands, hasty });
}

/** One line in full strength with its band and raw values, for the layer above the faded others. */
export function drawHighlight(ctx: Ctx, f: Frame, s: Series, hasty = false): void {
  const strokes: Stroke[] = [{ series: s, values: s.y, alpha: 1, width: 2, dash: s.line.dash }];
  if (s.smoothed && !s.line.members) strokes.unshift({ series: s, values: s.line.values, alpha: 0.3, width: 1, dash: undefined });
  paint(ctx, f, [{ ...s, line: { ...s.line, faint: false } }], { strokes, bands: true, hasty });
}
