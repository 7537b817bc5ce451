import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { columnsOf } from "./columns.ts";

const run = (config: Record<string, unknown>, summary: Run["summary"] = {}): Run => ({ config, summary, group: null, status: "finished" }) as Run;

it("puts what differs between runs before what does not", () => {
  const runs = [run({ seed: 1, epochs: 3, lr: 0.1 }), run({ seed: 2, epochs: 3, lr: 0.1 })];
  const config = columnsOf(runs).filter((column) => column.part === "config");
  expect(config.map((column) => column.title)).toEqual(["seed", "epochs", "lr"]);
});

it("reads each run's last value", () => {
  const summary = { loss: { last: 0.5, min: 0, max: 1, mean: 0.5, count: 2, last_step: 1 } };
  const runs = [run({}, summary), run({})];
  const loss = columnsOf(runs).find((column) => column.id === "metric:loss")!;
  expect(runs.map((each) => loss.value(each))).toEqual([0.5, undefined]);
});
