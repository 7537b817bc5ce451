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
