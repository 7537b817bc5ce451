import { expect, it } from "vitest";
import { sections } from "./sections.ts";

it("arranges names by prefix, naturally sorted", () => {
  expect(sections(["train/loss", "gpu/10/util", "gpu/2/util", "loss", "/odd"])).toEqual([
    { title: "", names: ["/odd", "loss"] },
    { title: "gpu", names: ["gpu/2/util", "gpu/10/util"] },
    { title: "train", names: ["train/loss"] },
  ]);
});
