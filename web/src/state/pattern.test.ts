import { expect, it } from "vitest";
import { faultOf, hitsOf, isQuick } from "./pattern.ts";

const pattern = (source: string, flags = "") => ({ source, flags });

it("finds a pattern in each text anew, whatever its case", () => {
  expect(hitsOf(pattern("^LOSS$|acc", "gy"), ["loss", "val/acc", "losses", "Loss"]).map(([text]) => text)).toEqual(["loss", "val/acc", "Loss"]);
});

it("tells what the groups of a pattern hold", () => {
  expect(hitsOf(pattern("^(?:train|val)/(.*?)(_step)?$"), ["train/loss", "val/loss_step", "loss"])).toEqual([["train/loss", "loss"], ["val/loss_step", "loss _step"]]);
});

it("says what is wrong with a pattern", () => {
  expect(faultOf(pattern("a("))).toMatch(/group/i);
  expect(faultOf(pattern("a", "q"))).toMatch(/flag/i);
  expect(faultOf(pattern("(a+)+$"))).toBeNull();
});

it("tries at once only what repeats nothing", () => {
  for (const source of ["val/loss", "^train/(loss|acc)$", "[a-z]\\d", ""]) expect(isQuick(pattern(source)), source).toBe(true);
  for (const source of ["(a+)+$", "a?a?a?aaa", "x{2,}", ".*"]) expect(isQuick(pattern(source)), source).toBe(false);
});
