import { expect, it } from "vitest";
import { glob } from "./glob.ts";

it("takes a star for anything and all else as it stands", () => {
  for (const [pattern, text] of [["val/*", "val/loss"], ["*_dir", "out_dir"], ["*", ""], ["a*b*c", "a-b-b-c"], ["a.b", "a.b"], ["*/loss*", "val/loss"], ["a*a", "aa"]]) {
    expect(glob(pattern!)(text!), `${pattern} ${text}`).toBe(true);
  }
  for (const [pattern, text] of [["val/*", "eval/loss"], ["a.b", "axb"], ["a*b*c", "a-c"], ["a*a", "a"], ["*ab*ba*", "aba"], ["", "a"], ["loss", "loss2"]]) {
    expect(glob(pattern!)(text!), `${pattern} ${text}`).toBe(false);
  }
});

it("judges a long text by many stars at once", () => {
  expect(glob("a*".repeat(200))("a".repeat(5_000))).toBe(true);
  expect(glob(`${"a*".repeat(200)}b`)("a".repeat(5_000))).toBe(false);
});
