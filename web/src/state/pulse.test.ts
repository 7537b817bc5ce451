import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { leftOf, quietFor, sampled, speedOf, stepOf, totalOf } from "./pulse.ts";
import type { Sample } from "./pulse.ts";

function run(time: number, step: number | null, more: object = {}): Run {
  const summary = step === null ? {} : { loss: { last_step: step }, old: { last_step: 0 } };
  return { status: "running", started: 100, last_activity: time, rows: 10, summary, config: {}, ...more } as unknown as Run;
}

const after = (...runs: Run[]): readonly Sample[] => runs.reduce((samples: readonly Sample[], each) => sampled(samples, each), []);

it("takes the speed over the last minute, by the times of the rows themselves", () => {
  const last = run(300, 5_000);
  expect(speedOf(last, after(run(100, 0), run(250, 4_000), last))).toBe(20);
  expect(speedOf(last, after(last, last))).toBe(25);
  expect(speedOf(run(100, null), [])).toBeNull();
});

it("begins anew where steps went back", () => {
  expect(after(run(100, 50), run(110, 60), run(120, 5))).toEqual([{ time: 120, step: 5 }]);
  expect(stepOf(run(1, null))).toBeNull();
});

it("tells what is left where the configuration says how far it goes", () => {
  const going = run(300, 5_000, { config: { trainer: { max_steps: 6_000 }, steps: 1 } });
  expect(totalOf(going)).toBe(6_000);
  expect(leftOf(going, 20)).toBe(50);
  expect(leftOf(run(300, 5_000), 20)).toBeNull();
  expect(leftOf(run(300, 7_000, { config: { max_steps: 6_000 } }), 20)).toBeNull();
});

it("calls quiet what logged nothing for much longer than it usually does", () => {
  expect(quietFor(run(110, 9), 165)).toBeNull();
  expect(quietFor(run(110, 9), 175)).toBe(65);
  const slow = run(1_100, 9);
  expect([quietFor(slow, 3_000), quietFor(slow, 3_200)]).toEqual([null, 2_100]);
  expect(quietFor(run(110, 9, { status: "finished" }), 9_999)).toBeNull();
});
