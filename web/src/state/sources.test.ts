import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { foldedRuns, isMembers, metricOf, runIdOf, sourcesOf } from "./sources.ts";

const run = (id: string, members: number) => ({ id, name: id, members }) as unknown as Run;
const runs = [run("one", 1), run("many", 4)];
const keys = (members: Parameters<typeof sourcesOf>[1]) => sourcesOf(runs, members, () => [0, 2]).map(({ line, member }) => [line, member]);

it("draws of each run its main process unless something else is asked for", () => {
  expect(keys("main")).toEqual([["one", null], ["many", null]]);
  expect(keys("all")).toEqual([["one", null], ["many", 0], ["many\n2", 2]]);
  expect(keys("3")).toEqual([["one", null], ["many", 3]]);
});

it("folds the processes of runs that have several", () => {
  expect(keys("band")).toEqual([["one", null]]);
  expect(foldedRuns(runs, "band").map(({ id }) => id)).toEqual(["many"]);
  expect(foldedRuns(runs, "all")).toEqual([]);
});

it("finds the metric of a line among those of its chart", () => {
  expect([metricOf("one", ["a", "b"]), metricOf("one\nb", ["a", "b"]), metricOf("one\n2\nb", ["a", "b"]), metricOf("one\n2", ["a"])]).toEqual(["a", "b", "b", "a"]);
});

it("finds the run of a line, and knows what can be asked for", () => {
  expect([runIdOf("many\n2"), runIdOf("many")]).toEqual(["many", "many"]);
  expect(["main", "12", "x", "-1", "", null].map(isMembers)).toEqual([true, true, false, false, false, false]);
});
