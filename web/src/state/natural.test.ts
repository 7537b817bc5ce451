import { expect, it } from "vitest";
import { byValue, natural } from "./natural.ts";

it("orders names by their numbers", () => {
  expect(["gpu.10", "gpu.2", "GPU.1", "cpu"].sort(natural)).toEqual(["cpu", "GPU.1", "gpu.2", "gpu.10"]);
});

it("tells apart what differs in case only, the same way each time", () => {
  expect(["a", "A"].sort(natural)).toEqual(["A", "a"].sort(natural));
});

it("orders values, missing ones last", () => {
  expect([null, 10, 2, Number.NaN, 0.5].sort(byValue)).toEqual([0.5, 2, 10, null, Number.NaN]);
  expect(["b", undefined, "a"].sort(byValue)).toEqual(["a", "b", undefined]);
  expect([true, false].sort(byValue)).toEqual([false, true]);
});
