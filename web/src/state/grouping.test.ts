import { describe, expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { configValue, flattened, groupKeys, groupRuns } from "./grouping.ts";

function run(id: string, config: Record<string, unknown>, group: string | null = null): Run {
  return { id, config, group } as Run;
}

describe("groups", () => {
  const runs = [
    run("a", { learning_rate: 0.1, model: { depth: 2 } }),
    run("b", { learning_rate: 0.001, model: { depth: 10 } }, "tuned"),
    run("c", { learning_rate: 0.1 }, "baseline"),
  ];
  const shape = (by: string): unknown => groupRuns(runs, by).map((group) => [group.value, group.runs.map((each) => each.id)]);

  it("go by the value of a configuration key, in order of size", () => {
    expect(shape("learning_rate")).toEqual([
      ["0.001", ["b"]],
      ["0.1", ["a", "c"]],
    ]);
  });

  it("reach into nested configuration, runs without the key last", () => {
    expect(shape("model.depth")).toEqual([
      ["2", ["a"]],
      ["10", ["b"]],
      [null, ["c"]],
    ]);
  });

  it("go by the group given to init()", () => {
    expect(shape("group")).toEqual([
      ["baseline", ["c"]],
      ["tuned", ["b"]],
      [null, ["a"]],
    ]);
  });

  it("are offered for group and every key", () => {
    expect(groupKeys(runs, ["group", "learning_rate", "model.depth"])).toEqual(["group", "learning_rate", "model.depth"]);
    expect(groupKeys([run("a", {})], ["group", "lr"])).toEqual(["lr"]);
  });
});

it("keeps lists and empty objects whole", () => {
  expect(flattened({ a: [1, 2], b: {}, c: { d: null } })).toEqual([
    ["a", [1, 2]],
    ["b", {}],
    ["c.d", null],
  ]);
});

it("prefers a key with dots in its own name", () => {
  expect(configValue({ "a.b": 1, a: { b: 2 } }, "a.b")).toBe(1);
});
