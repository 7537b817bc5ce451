import { expect, it } from "vitest";
import type { LoggedObject, Media } from "../api/types.ts";
import { atStep, mediaIn, stepsOf } from "./objects.ts";

const image = (id: string): Media => ({ _type: "trackio.image", id, state: "ready" });
const at = (run: string, step: number): LoggedObject => ({ run, key: "k", step, time: step, value: null });

it("finds media at any depth, in order", () => {
  const found = mediaIn({ a: [image("1"), { b: image("2") }], text: "x", c: null });
  expect(found.map((each) => [each.media.id, each.part])).toEqual([
    ["1", "a.0"],
    ["2", "a.1.b"],
  ]);
  expect(mediaIn(image("3"))).toEqual([{ media: image("3"), part: "" }]);
});

it("shows each run at the step or the last one before it", () => {
  const objects = [at("a", 30), at("a", 10), at("b", 20), at("c", 40)];
  expect(stepsOf(objects)).toEqual([10, 20, 30, 40]);
  expect([...atStep(objects, 25)].map(([run, each]) => [run, each.step])).toEqual([
    ["a", 10],
    ["b", 20],
  ]);
});
