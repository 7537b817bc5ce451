import { expect, it } from "vitest";
import { cardsOf, cardsViewFields, parseCardsView } from "./cards-view.ts";

it("reads what it writes, whatever is in a name", () => {
  const view = { merged: [["train/loss", "val/loss"], ["a,b", "50%", "%2C"]], mergeBy: "(.*)", order: ["x,y", "z"], formulas: ["a - b", "a + b"] };
  const fields = new URLSearchParams();
  const { merged, merge_by: mergeBy, order, formula } = cardsViewFields(view);
  for (const each of merged) fields.append("merged", each);
  for (const each of formula) fields.append("formula", each);
  fields.set("merge_by", mergeBy!);
  fields.set("order", order!);
  expect(parseCardsView(new URLSearchParams(fields.toString()))).toEqual(view);
  expect(parseCardsView(new URLSearchParams("merged=alone"))).toEqual({ merged: [], mergeBy: "", order: [], formulas: [] });
});

it("puts metrics on one card that were merged, or in which a pattern's groups hold the same", () => {
  const names = ["train/acc", "train/loss", "val/acc", "val/loss", "lr"];
  const groups = new Map([["train/acc", "acc"], ["val/acc", "acc"], ["train/loss", "loss"], ["val/loss", "loss"], ["lr", ""]]);
  expect([...cardsOf(names, [["lr", "val/loss", "gone"]], groups)]).toEqual([["lr", ["lr", "val/loss"]], ["train/acc", ["train/acc", "val/acc"]]]);
  expect(cardsOf(names, [["lr", "gone"]], null).size).toBe(0);
});
