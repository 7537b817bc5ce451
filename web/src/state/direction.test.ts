import { expect, it } from "vitest";
import { isMoreBetter } from "./direction.ts";

it("guesses from names which values are better", () => {
  for (const more of ["val/acc", "train/reward", "eval_f1", "mAP", "eval/rewards/mean"]) expect(isMoreBetter(more), more).toBe(true);
  for (const less of ["train/loss", "lr", "map_loss", "reward/loss", "accumulated", "wer"]) expect(isMoreBetter(less), less).toBe(false);
});
