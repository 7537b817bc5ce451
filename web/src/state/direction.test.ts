import { expect, it } from "vitest";
import { directionOf, isMoreBetter } from "./direction.ts";

it("guesses from names which values are better", () => {
  for (const more of ["val/acc", "train/reward", "eval_f1", "mAP", "eval/rewards/mean"]) expect(directionOf(more), more).toBe("more");
  for (const less of ["train/loss", "map_loss", "reward/loss", "wer", "last:val/loss"]) expect(directionOf(less), less).toBe("less");
  for (const neither of ["lr", "accumulated", "epoch"]) expect(directionOf(neither), neither).toBeNull();
  expect([isMoreBetter("acc"), isMoreBetter("lr"), isMoreBetter("loss")]).toEqual([true, false, false]);
});
