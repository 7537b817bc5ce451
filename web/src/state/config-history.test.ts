import { expect, it } from "vitest";
import { changesOf } from "./config-history.ts";

it("tells each value that became another, the last first, by its nested key", () => {
  const history = [
    { time: 1, values: { lr: 0.1, model: { depth: 2, name: "a" } }, removed: [] },
    { time: 2, values: { lr: 0.1, model: { depth: 3, name: "a" } }, removed: [] },
    { time: 3, values: { late: true }, removed: ["lr"] },
  ];
  expect(changesOf(history)).toEqual([
    { time: 3, key: "late", before: undefined, after: true },
    { time: 3, key: "lr", before: 0.1, after: undefined },
    { time: 2, key: "model.depth", before: 2, after: 3 },
  ]);
});

it("takes what a run began with for no change", () => {
  expect(changesOf([{ time: 1, values: { lr: 1 }, removed: [] }])).toEqual([]);
  expect(changesOf([])).toEqual([]);
});
