import { expect, it } from "vitest";
import { ownLookTexts, parseOwnLooks, withOwnLook } from "./own-looks.ts";

it("reads what it writes, whatever colons a name has", () => {
  const texts = ["train/loss:log:0.9", "a:b::0", "c:symlog:"];
  const looks = parseOwnLooks(texts);
  expect(looks.get("a:b")).toEqual({ yScale: null, smoothing: 0 });
  expect(ownLookTexts(looks)).toEqual(texts);
});

it.each(["loss", "loss::", ":log:", "loss:up:2", "loss:log2:x"])("ignores %s", (text) => {
  expect(parseOwnLooks([text]).size).toBe(0);
});

it("forgets a chart that does as all others again", () => {
  const looks = withOwnLook(withOwnLook(new Map(), "loss", { yScale: "log" }), "loss", { smoothing: 0.5 });
  expect(looks.get("loss")).toEqual({ yScale: "log", smoothing: 0.5 });
  expect(withOwnLook(looks, "loss", { yScale: null, smoothing: null }).size).toBe(0);
});
