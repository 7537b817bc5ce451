import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { readFilter, textsOf } from "./filter-text.ts";
import { hitsOf } from "./pattern.ts";

const run = { name: "ResNet-50 long", group: "vision", status: "finished", tags: ["best"], notes: "slower decay" } as unknown as Run;
const passes = (text: string): boolean => {
  const read = readFilter(text);
  if (read.kind === "pattern") return hitsOf(read.pattern, textsOf(run)).length > 0;
  return read.kind === "words" && read.matches(run);
};

it("finds words in any order, in names, groups, tags, notes and states", () => {
  for (const text of ["resnet", "long 50", "vision best", "decay", "  finished "]) expect(passes(text)).toBe(true);
  expect(passes("resnet short")).toBe(false);
});

it("finds a pattern between slashes, whatever its case, also before its end is typed", () => {
  for (const text of ["/^resnet-\\d+/", "/^resnet", "/LONG$/i", "/best/g"]) expect([text, passes(text)]).toEqual([text, true]);
  expect(passes("/^long/")).toBe(false);
});

it("says what is wrong with a pattern", () => {
  const read = readFilter("/a(/");
  expect(read.kind === "wrong" && read.error).toMatch(/group/i);
});

it("hands expressions to the server as they are", () => {
  for (const text of ["status = running", "config.lr<0.1", 'a or "b c"', "not best", "resnet and vision", "group in (a, b)"]) {
    expect(readFilter(` ${text} `)).toEqual({ kind: "expression", text });
  }
});

it("is nothing without text", () => {
  for (const text of ["", "  ", "/"]) expect(readFilter(text).kind).toBe("none");
});
