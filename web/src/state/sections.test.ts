import { expect, it } from "vitest";
import { sections } from "./sections.ts";

it("arranges names by prefix, naturally sorted", () => {
  expect(sections(["train/loss", "gpu/10/util", "gpu/2/util", "loss", "/odd"])).toEqual([
    { title: "", names: ["/odd", "loss"] },
    { title: "gpu", names: ["gpu/2/util", "gpu/10/util"] },
    { title: "train", names: ["train/loss"] },
  ]);
});

it("puts first what an order names, sections and names in them", () => {
  const names = ["loss", "train/loss", "train/reward", "val/acc", "val/loss", "lr"];
  expect(sections(names, ["train/reward", "val/l*", "lr"])).toEqual([
    { title: "train", names: ["train/reward", "train/loss"] },
    { title: "val", names: ["val/loss", "val/acc"] },
    { title: "", names: ["lr", "loss"] },
  ]);
});

it("puts names first within their sections, and leaves these where they are", () => {
  const found = sections(["b/x", "b/y", "a/x", "a/y", "z"], ["b/*"], ["a/y", "b/y"]);
  expect(found).toEqual([{ title: "b", names: ["b/y", "b/x"] }, { title: "", names: ["z"] }, { title: "a", names: ["a/y", "a/x"] }]);
});
