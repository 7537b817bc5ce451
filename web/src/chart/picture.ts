import { axisFont } from "./axes.ts";
import type { Sketch } from "./sketch.ts";
import type { Theme } from "./theme.ts";
import type { Series } from "./types.ts";

const HEAD = 34;
const ROW = 18;
const SIDE = 14;
const MAX_LEGEND = 24;

interface Entry {
  color: string;
  label: string;
  x: number;
  row: number;
}

/** Places legend entries in rows, as text is set. */
function legend(all: Series[], width: number, measure: (text: string) => number): Entry[] {
  let x = SIDE;
  let row = 0;
  return all.filter((s) => !s.line.faint).slice(0, MAX_LEGEND).map(({ line }) => {
    const size = measure(line.label) + 32;
    if (x > SIDE && x + size > width) {
      x = SIDE;
      row++;
    }
    const entry = { color: line.color, label: line.label, x, row };
    x += size;
    return entry;
  });
}

function drawEntry(ctx: CanvasRenderingContext2D, e: Entry, y: number, theme: Theme): void {
  ctx.fillStyle = e.color;
  ctx.beginPath();
  ctx.arc(e.x + 4, y - 4, 4, 0, 2 * Math.PI);
  ctx.fill();
  ctx.fillStyle = theme.text;
  ctx.fillText(e.label, e.x + 14, y);
}

/** The chart with title and legend, as it is on screen but for highlight and cursor. */
export function picture({ layers, series, options, theme }: Sketch): Promise<Blob> {
  const { width, height, dpr } = layers;
  const ctx = document.createElement("canvas").getContext("2d");
  if (!ctx) throw new Error("This browser has no 2-D canvas.");
  ctx.font = axisFont(theme);
  const entries = legend(series, width, (text) => ctx.measureText(text).width);
  const rows = (entries.at(-1)?.row ?? -1) + 1;
  const total = HEAD + height + rows * ROW + 8;
  ctx.canvas.width = Math.round(width * dpr);
  ctx.canvas.height = Math.round(total * dpr);
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, width, total);
  ctx.fillStyle = theme.strong;
  ctx.font = `600 13px ${theme.font}`;
  ctx.fillText(options.title, SIDE, 22);
  ctx.drawImage(layers.axes.canvas, 0, HEAD, width, height);
  ctx.drawImage(layers.lines.canvas, 0, HEAD, width, height);
  ctx.font = axisFont(theme);
  for (const e of entries) drawEntry(ctx, e, HEAD + height + 14 + e.row * ROW, theme);
  return new Promise((resolve, reject) => {
    ctx.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be made."))), "image/png");
  });
}
