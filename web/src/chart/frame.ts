import { pad, xRange, yRange } from "./range.ts";
import type { Range } from "./range.ts";
import { linearTicks, logTicks, makeScale } from "./scale.ts";
import type { Scale, Tick } from "./scale.ts";
import { durationTicks, timeTicks } from "./time.ts";
import type { Box, ChartOptions, Series, View } from "./types.ts";

/** All that is settled before drawing: where things go and what the axes say. */
export interface Frame {
  box: Box;
  sx: Scale;
  sy: Scale;
  xTicks: Tick[];
  yTicks: Tick[];
  dpr: number;
  empty: boolean;
}

const TOP = 8;
const RIGHT = 12;
const BOTTOM = 24;
const GAP = 8;

/** Bands and raw lines of more lines than these hide each other. */
export const MAX_BANDS = 12;
export const MAX_RAW = 40;

function openX(range: Range, options: ChartOptions): Range {
  if (range[1] > range[0]) return range;
  if (options.logX) return [range[0] / 2, range[0] * 2];
  const air = options.xAxis === "step" ? 1 : 30;
  return [range[0] - air, range[0] + air];
}

function findX(all: Series[], options: ChartOptions, view: View | null): Range | null {
  if (view && view.x1 > view.x0 && !(options.logX && view.x0 <= 0)) return [view.x0, view.x1];
  const found = xRange(all, options.logX);
  return found && openX(found, options);
}

function findY(all: Series[], options: ChartOptions, view: View | null, x: Range): Range | null {
  const { y0, y1 } = view ?? {};
  if (y0 !== undefined && y1 !== undefined && y1 > y0 && !(options.logY && y0 <= 0)) return [y0, y1];
  const shown = all.filter((s) => !s.line.dimmed);
  const found = yRange(shown.length > 0 ? shown : all, x, options.logY, options.outliers, all.length <= MAX_BANDS);
  return found && pad(found, options.logY, 0.05);
}

function xTicksOf(range: Range, options: ChartOptions, width: number): Tick[] {
  const count = Math.max(1, width / (options.xAxis === "step" ? 64 : 78));
  if (options.logX) return logTicks(range[0], range[1], count);
  if (options.xAxis === "time") return timeTicks(range[0], range[1], count);
  if (options.xAxis === "relative") return durationTicks(range[0], range[1], count);
  return linearTicks(range[0], range[1], count, true);
}

export function layout(
  all: Series[], options: ChartOptions, view: View | null,
  size: { width: number; height: number; dpr: number }, measure: (text: string) => number,
): Frame {
  const { width, height, dpr } = size;
  const foundX = findX(all, options, view);
  const foundY = foundX && findY(all, options, view, foundX);
  const x = foundX ?? (options.logX ? [1, 10] : [0, 1]);
  const y = foundY ?? (options.logY ? [1, 10] : [0, 1]);
  const bottom = height - BOTTOM;
  const rows = Math.min(8, Math.max(2, (bottom - TOP) / 34));
  const yTicks = options.logY ? logTicks(y[0], y[1], rows) : linearTicks(y[0], y[1], rows);
  const widest = Math.max(16, ...yTicks.map((t) => measure(t.label)));
  // Rounded up, so that live values do not make the plot tremble.
  const left = Math.min(width / 2, Math.ceil((widest + GAP + 4) / 6) * 6);
  const right = width - RIGHT;
  return {
    box: { width, height, left, top: TOP, right, bottom },
    sx: makeScale(x[0], x[1], options.logX, left, right),
    sy: makeScale(y[0], y[1], options.logY, bottom, TOP),
    xTicks: xTicksOf(x, options, right - left),
    yTicks,
    dpr,
    empty: !foundY,
  };
}
