import { expect, it } from "vitest";
import { joined, reordered } from "./card-order.ts";

it("makes one card of two, whatever was on them", () => {
  expect(joined([["a", "b"], ["c", "d"], ["e", "f"]], ["a", "b"], ["c"])).toEqual([["e", "f"], ["a", "b", "c"]]);
});

it("moves a card within its section, and names no more than it must", () => {
  const section = ["a", "b", "c", "d", "e"];
  expect(reordered([], section, "c", "a", false)).toEqual(["c"]);
  expect(reordered(["x", "c"], section, "a", "b", true)).toEqual(["x", "b", "a", "c"]);
  expect(reordered([], section, "a", "e", true)).toEqual(["b", "c", "d", "e", "a"]);
});
