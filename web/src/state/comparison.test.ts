import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { branches, comparedConfig, comparedFacts, comparedSummary, delta } from "./comparison.ts";

const run = (config: Record<string, unknown>, last: number | null = null): Run =>
  ({ config, summary: last === null ? {} : { "val/loss": { last } }, status: "finished", group: null, tags: [], rows: 1, host: "h", user: "u", command: [], error: null }) as unknown as Run;

it("tells which keys differ, and takes a missing one for different", () => {
  const lines = comparedConfig([run({ lr: 1, optimizer: { name: "sgd" }, only: 1 }), run({ lr: 1, optimizer: { name: "adam" } })]);
  expect(lines.map(({ key, same }) => [key, same])).toEqual([["lr", true], ["only", false], ["optimizer.name", false]]);
  expect(lines[1]!.values).toEqual([1, undefined]);
});

it("compares last values and what runs were", () => {
  expect(comparedSummary([run({}, 1), run({}, 2)])).toEqual([{ key: "val/loss", values: [1, 2], same: false }]);
  expect(comparedFacts([run({}), run({})]).map((line) => line.key)).toEqual(["status", "rows", "host", "user", "command"]);
});

it("puts lines under what their keys have in common", () => {
  const lines = comparedConfig([run({ b: { c: { d: 1, e: 2 } }, a: 1 }), run({})]);
  expect(branches(lines, ".").map(({ title, lines: mine }) => [title, mine.map((line) => line.key)])).toEqual([
    ["", ["a"]],
    ["b.c", ["b.c.d", "b.c.e"]],
  ]);
});

it("tells a difference between numbers only", () => {
  expect(delta(3, 2)).toEqual({ by: 1, share: 0.5 });
  expect(delta(-1, -2)).toEqual({ by: 1, share: 0.5 });
  expect(delta(1, 0)).toEqual({ by: 1, share: null });
  for (const [a, b] of [[1, 1], ["a", 1], [1, null], [Infinity, 1]]) expect(delta(a, b)).toBeNull();
});
