import { expect, it, vi } from "vitest";
import { fetchFormula } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { faultOf, hasMetric, partsOf } from "./formulas.ts";

vi.mock("../api/client.ts", () => ({ fetchFormula: vi.fn() }));

const run = (...names: string[]) => ({ summary: Object.fromEntries(names.map((name) => [name, {}])) }) as unknown as Run;
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await Promise.resolve();
};

it("is of a plain metric that one, without asking", () => {
  expect(partsOf("loss")).toEqual(["loss"]);
  expect([hasMetric(run("loss"), "loss"), hasMetric(run("acc"), "loss")]).toEqual([true, false]);
  expect(fetchFormula).not.toHaveBeenCalled();
});

it("is of a formula what the server reads in it, asked once", async () => {
  vi.mocked(fetchFormula).mockResolvedValueOnce(["a", "b"]);
  expect(hasMetric(run("a", "b"), "=a - b")).toBe(false);
  await settled();
  expect([hasMetric(run("a", "b"), "=a - b"), hasMetric(run("a"), "=a - b")]).toEqual([true, false]);
  expect(vi.mocked(fetchFormula).mock.calls).toEqual([["a - b"]]);
});

it("is had by no run where it cannot be read", async () => {
  vi.mocked(fetchFormula).mockRejectedValueOnce(new Error("formula: column 3"));
  partsOf("=a -");
  await settled();
  expect(hasMetric(run("a"), "=a -")).toBe(false);
  expect([faultOf("=a -"), faultOf("a")]).toEqual(["formula: column 3", null]);
});
