import { expect, it } from "vitest";
import { matching, score } from "./palette.ts";

const titles = (typed: string, all: string[]): string[] => matching(typed, all.map((title) => ({ kind: "x", title, act: () => {} })), 10).map((entry) => entry.title);

it("finds whole parts before letters apart, and starts of words before insides", () => {
  expect(titles("loss", ["l-o-s-s", "glossy", "val/loss", "loss", "other"])).toEqual(["loss", "val/loss", "glossy", "l-o-s-s"]);
  expect(titles("vl", ["evil", "val/loss", "very long name"])).toEqual(["very long name", "val/loss", "evil"]);
});

it("does not match what lacks a letter, or has them in another order", () => {
  expect(score("abc", "acb")).toBeNull();
  expect(score("abc", "ABx c")).not.toBeNull();
});

it("shows the first ones while nothing is typed, and no more than asked for", () => {
  expect(titles("  ", ["b", "a"])).toEqual(["b", "a"]);
  expect(matching("a", Array.from({ length: 100 }, (_, i) => ({ kind: "x", title: `a${i}`, act: () => {} })), 7)).toHaveLength(7);
});
