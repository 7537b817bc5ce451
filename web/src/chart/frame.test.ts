import { expect, it } from "vitest";
import { ended } from "./frame.ts";

it("ends the y axis where it was fixed, at one end or both", () => {
  const at = (yEnds: [number | null, number | null], yScale: "linear" | "log" = "linear") => ended([1, 9], { yScale, yEnds });
  expect(at([null, null])).toEqual([1, 9]);
  expect(at([0, null])).toEqual([0, 9]);
  expect(at([-1, 2])).toEqual([-1, 2]);
  expect(at([5, 2])).toEqual([1, 9]);
  expect(at([0, 20], "log")).toEqual([1, 20]);
});
