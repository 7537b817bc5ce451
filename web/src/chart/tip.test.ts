import { expect, it } from "vitest";
import type { Hit } from "./hit.ts";
import { inOrder } from "./tip.ts";
import type { Series } from "./types.ts";

const hit = (label: string, value: number, distance: number): Hit => {
  const series = { line: { label }, y: Float64Array.of(value) } as unknown as Series;
  return { series, index: 0, px: 0, py: 0, distance };
};

it("lists the lines nearest to the pointer, the highest first", () => {
  const hits = Array.from({ length: 20 }, (_, i) => hit(`run ${i}`, i, 0)).toReversed();
  expect(inOrder(hits).map((each) => each.series.line.label)).toEqual(Array.from({ length: 12 }, (_, i) => `run ${19 - i}`));
  expect(inOrder([hit("low", 1, 0), hit("high", 9, 5)]).map((each) => each.series.line.label)).toEqual(["high", "low"]);
});
