import { xTicksOf, yTicksOf } from "../frame.ts";
import type { Frame } from "../frame.ts";
import { pad } from "../range.ts";
import { linearTicks, makeScale } from "../scale.ts";
import type { ChartOptions, Range } from "../types.ts";
import { riseOf } from "./ridge.ts";

export interface Size {
  width: number;
  height: number;
  dpr: number;
}

const TOP = 8;
const RIGHT = 12;
const BOTTOM = 24;
const GAP = 12;

const opened = ([lo, hi]: Range): Range => (hi > lo ? [lo, hi] : [lo - 1, hi + 1]);

/** Lays out a heat map: what was logged over the x axis, values upwards. */
export function heatFrame(x: Range | null, values: Range | null, axis: Pick<ChartOptions, "xAxis">, size: Size, measure: (text: string) => number): Frame {
  const [across, up] = [opened(x ?? [0, 1]), pad(values ?? [0, 1], "linear", 0.03)];
  const bottom = size.height - BOTTOM;
  const sy = makeScale(up[0], up[1], "linear", bottom, TOP);
  const yTicks = yTicksOf(sy, bottom - TOP);
  const left = Math.ceil((Math.max(16, ...yTicks.map((t) => measure(t.label))) + GAP) / 6) * 6;
  const right = size.width - RIGHT;
  const box = { width: size.width, height: size.height, left, top: TOP, right, bottom };
  const sx = makeScale(across[0], across[1], "linear", left, right);
  const xTicks = xTicksOf(across, { ...axis, logX: false }, right - left);
  return { box, sx, sy, xTicks, yTicks, dpr: size.dpr, bands: false, raw: false, empty: !x || !values };
}

/** Lays out ridges: values across, steps downwards, the newest at the bottom. */
export function ridgeFrame(steps: Range | null, values: Range | null, size: Size, measure: (text: string) => number): Frame {
  const [down, across] = [opened(steps ?? [0, 1]), pad(values ?? [0, 1], "linear", 0.03)];
  const bottom = size.height - BOTTOM;
  const sy = makeScale(down[0], down[1], "linear", TOP + riseOf(bottom - TOP), bottom);
  const yTicks = linearTicks(down[0], down[1], Math.max(2, (bottom - TOP) / 40), true);
  const left = Math.ceil((Math.max(16, ...yTicks.map((t) => measure(t.label))) + GAP) / 6) * 6;
  const right = size.width - RIGHT;
  const box = { width: size.width, height: size.height, left, top: TOP, right, bottom };
  const sx = makeScale(across[0], across[1], "linear", left, right);
  const xTicks = linearTicks(across[0], across[1], Math.max(1, (right - left) / 52));
  return { box, sx, sy, xTicks, yTicks, dpr: size.dpr, bands: false, raw: false, empty: !steps || !values };
}
