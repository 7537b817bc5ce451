import { expect, it } from "vitest";
import type { ConfigKey, Run } from "../api/types.ts";
import { automaticIds, columnIds, columnOf, differs, isListed, withValues } from "./columns.ts";

const of = (last: number): Run["summary"][string] => ({ last, min: 0, max: 1, mean: 0.5, count: 2, last_step: 1 });
const run = (config: Record<string, unknown>, summary: Run["summary"] = {}): Run =>
  ({ config, summary, group: null, status: "finished", tags: [], started: 1, ended: 3 }) as unknown as Run;

const key = (name: string, same: boolean): ConfigKey => ({ name, runs: 2, same });

it("puts what differs between runs before what does not", () => {
  const keys = [key("epochs", true), key("lr", true), key("seed", false)];
  const config = automaticIds([run({}), run({})], { config: keys, metrics: ["loss"] });
  expect(config).toEqual(["status", "started", "duration", "last:loss", "config:seed", "config:epochs", "config:lr"]);
});

it("shows groups and tags by itself only where a run has some", () => {
  const plain = run({});
  const known = { config: [], metrics: [] };
  expect(automaticIds([plain], known)).toEqual(["status", "started", "duration"]);
  const tagged = { ...plain, tags: ["best"] };
  expect(automaticIds([plain, tagged], known)).toContain("tags");
});

it("reads each run's value as the id says", () => {
  const runs = [run({ optimizer: { lr: 0.1 } }, { "val/a:b": of(0.7) }), run({})];
  expect(runs.map((each) => columnOf("last:val/a:b")!.value(each))).toEqual([0.7, undefined]);
  expect(runs.map((each) => columnOf("max:val/a:b")!.value(each))).toEqual([1, undefined]);
  expect(runs.map((each) => columnOf("config:optimizer.lr")!.value(each))).toEqual([0.1, undefined]);
  expect(columnOf("duration")!.value(runs[0]!)).toBe(2);
});

it("takes no id that is none", () => {
  for (const id of ["", "none", "median:loss", "config:", "constructor"]) expect(columnOf(id)).toBeUndefined();
});

it("has a name in the server's language, quoted where it must be", () => {
  expect(columnOf("min:val/loss")!.field).toBe("summary.val/loss.min");
  expect(columnOf("last:my loss.x")!.field).toBe('summary."my loss.x".last');
  expect(columnOf("config:a..b.")!.field).toBe('config."a..b."');
  expect(columnOf('config:optimizer.a "b"')!.field).toBe('config.optimizer."a \\"b\\""');
});

it("knows every column that there can be", () => {
  const ids = columnIds({ config: [key("a.b", true)], metrics: ["loss"] });
  expect(ids).toEqual(expect.arrayContaining(["status", "last:loss", "min:loss", "max:loss", "mean:loss", "config:a.b"]));
  expect(ids.every((id) => columnOf(id)?.id === id)).toBe(true);
});

it("tells whether runs differ, also where one lacks a value", () => {
  const lr = columnOf("config:lr")!;
  expect(differs([run({ lr: 1 }), run({ lr: 1 })], lr)).toBe(false);
  expect(differs([run({ lr: 1 }), run({})], lr)).toBe(true);
  expect(differs([], lr)).toBe(false);
});

it("takes in what was asked for of a run beside what is known of it, and nothing that it has not", () => {
  const columns = ["config:a.b", "config:c", "last:loss", "min:loss", "user"].map((id) => columnOf(id)!);
  const bare = run({});
  const known = withValues(bare, columns, [1, null, 0.5, 0.25, "ada"]);
  expect(columns.map((column) => column.value(known))).toEqual([1, undefined, 0.5, 0.25, "ada"]);
  expect(Object.keys(known.config)).toEqual(["a.b"]);
  expect(bare.config).toEqual({});
  expect(["user", "config:c", "name"].map((id) => isListed(columnOf(id)!))).toEqual([false, false, true]);
});
