import { expect, it } from "vitest";
import type { Media } from "../api/types.ts";
import { mediaIn } from "./objects.ts";

const image = (id: string): Media => ({ _type: "trackio.image", id, state: "ready" });

it("finds media at any depth, in order", () => {
  const found = mediaIn({ a: [image("1"), { b: image("2") }], text: "x", c: null });
  expect(found.map((each) => [each.media.id, each.part])).toEqual([
    ["1", "a.0"],
    ["2", "a.1.b"],
  ]);
  expect(mediaIn(image("3"))).toEqual([{ media: image("3"), part: "" }]);
});
