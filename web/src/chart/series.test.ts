import { expect, it } from "vitest";
import { prepare, prepareAll } from "./series.ts";
import { smooth } from "./smooth.ts";
import type { ChartOptions, Line } from "./types.ts";

const options: ChartOptions = {
  xAxis: "step", xName: "step", logX: false, yScale: "linear", smoothing: { kind: "ema", weight: 0.9 }, best: null, yEnds: [null, null], outliers: false, bands: "auto", theme: "light", title: "loss",
};

function line(values: Float64Array, first = 0, more: Partial<Line> = {}): Line {
  const steps = values.map((_, i) => i + first);
  return { id: "a", label: "a", color: "#000", steps, times: steps, values, ...more };
}

const wave = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i / 9) + (i % 3));

it("smooths a part of a series as it does the whole", () => {
  const whole = prepare(line(wave), options).y;
  const rows = (from: number, to: number) => ({ steps: Float64Array.from({ length: to - from }, (_, i) => i + from), values: wave.slice(from, to) });
  const part = prepare(line(wave.slice(100, 150), 100, { before: rows(0, 100), after: rows(150, 200) }), options).y;
  for (let i = 0; i < 50; i++) expect(part[i]).toBeCloseTo(whole[100 + i]!, 9);
});

it("smooths the spread of a group with its mean, but not the extremes of a bucket", () => {
  const [min, max] = [wave.map((v) => v - 1), wave.map((v) => v + 1)];
  const group = prepare(line(wave, 0, { min, max, members: wave }), options);
  expect([...group.low!]).toEqual([...smooth({ steps: group.x, values: min }, options.smoothing)]);
  expect(prepare(line(wave, 0, { min, max }), options).low).toBe(min);
});

it("takes its x from the axis, which may be a metric", () => {
  const xs = Float64Array.of(7, 8);
  expect(prepare(line(Float64Array.of(1, 2), 0, { xs }), { ...options, xAxis: "metric" }).x).toBe(xs);
  expect([...prepare(line(Float64Array.of(1, 2), 3, { start: 3 }), { ...options, xAxis: "relative" }).x]).toEqual([0, 1]);
});

it("prepares again only what changed", () => {
  const [a, b] = [line(wave), { ...line(wave), id: "b" }];
  const before = new Map(prepareAll([a, b], options, new Map()).map((s) => [s.line.id, s]));
  const after = prepareAll([{ ...a, color: "#fff" }, { ...b, values: wave.slice() }], options, before);
  expect(after[0]!.y).toBe(before.get("a")!.y);
  expect(after[0]!.line.color).toBe("#fff");
  expect(after[1]!.y).not.toBe(before.get("b")!.y);
});
