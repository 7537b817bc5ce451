import { expect, it } from "vitest";
import { NO_LOOK, ownLookTexts, parseOwnLooks, withOwnLook } from "./own-looks.ts";

it("reads what it writes, whatever colons a name has", () => {
  const texts = ["train/loss:log:0.9", "a:b::0", "c:symlog:", "d:x=1:::members=band:best=min:ymin=-1:ymax=2.5", "e:::members=3"];
  const looks = parseOwnLooks(texts);
  expect(looks.get("a:b")).toEqual({ ...NO_LOOK, smoothing: 0 });
  expect(looks.get("d:x=1")).toEqual({ ...NO_LOOK, members: "band", best: "min", yMin: -1, yMax: 2.5 });
  expect(ownLookTexts(looks)).toEqual(texts);
});

it.each(["loss", "loss::", ":log:", "loss:up:2", "loss:log2:x", "loss:::best=none", "loss:::members=some", "loss:::ymin=x"])("ignores %s", (text) => {
  expect(parseOwnLooks([text]).size).toBe(0);
});

it("forgets a chart that does as all others again", () => {
  const looks = withOwnLook(withOwnLook(new Map(), "loss", { yScale: "log" }), "loss", { smoothing: 0.5 });
  expect(looks.get("loss")).toEqual({ ...NO_LOOK, yScale: "log", smoothing: 0.5 });
  expect(withOwnLook(looks, "loss", { yScale: null, smoothing: null }).size).toBe(0);
});
