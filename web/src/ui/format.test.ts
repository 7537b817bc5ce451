import { expect, it } from "vitest";
import { ago, exactText, plural, shortText, rough } from "./format.ts";

it("says how long ago something was", () => {
  expect([5, 90, 7_300, 90_000, 86_400 * 400].map((past) => ago(1e9 - past, 1e9))).toEqual([
    "just now",
    "1 minute ago",
    "2 hours ago",
    "yesterday",
    "last year",
  ]);
});

it("shows any value in one line", () => {
  expect([null, "a", true, [1, 2], { a: 1 }].map(shortText)).toEqual(["–", "a", "true", "[1,2]", '{"a":1}']);
});

it("shows a configured number as it was given", () => {
  expect([0.001, 3e-5, 64].map(exactText)).toEqual(["0.001", "0.00003", "64"]);
});

it("counts", () => {
  expect([plural(1, "run"), plural(3000, "run")]).toEqual(["1 run", "3,000 runs"]);
});

it("gives rates and costs no more digits than they deserve", () => {
  expect([89.773, 0.086755, 50_751.2, 0].map(rough)).toEqual(["89.8", "0.0868", "50,800", "0"]);
});
