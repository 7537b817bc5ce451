import { expect, test } from "vitest";
import { against } from "./formula-text.ts";

const RUNS = [{ id: "r1", name: "calm" }, { id: "r2", name: "bold-2" }, { id: "r3", name: "twin" }, { id: "r4", name: "twin" }];

test("a metric is held against that of a run by difference or ratio", () => {
  expect(against("train/loss", RUNS[0]!, RUNS, "difference")).toBe("train/loss - of(calm, train/loss)");
  expect(against("my loss", RUNS[1]!, RUNS, "ratio")).toBe('"my loss" / of("bold-2", "my loss")');
});

test("a run whose name is not its own alone, long or quoted is named by its id", () => {
  expect(against("a", RUNS[2]!, RUNS, "ratio")).toBe("a / of(r3, a)");
  const odd = [{ id: "r5", name: 'say "so"' }, { id: "0f", name: "x".repeat(61) }];
  expect(against("a", odd[0]!, odd, "ratio")).toBe("a / of(r5, a)");
  expect(against("a", odd[1]!, odd, "ratio")).toBe('a / of("0f", a)');
});

test("a formula is held against itself as a whole", () => {
  expect(against("=a - b", RUNS[0]!, RUNS, "ratio")).toBe("(a - b) / of(calm, a - b)");
});

test("a metric that cannot stand in a formula is held against none", () => {
  expect(against('the "loss"', RUNS[0]!, RUNS, "ratio")).toBeNull();
});
