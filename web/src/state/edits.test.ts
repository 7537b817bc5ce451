// @vitest-environment happy-dom
import { expect, it, vi } from "vitest";
import type { Run } from "../api/types.ts";

vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no server")));
const { editsFor, tagsOf } = await import("./edits.ts");

const run = { id: "r", name: "a", tags: ["x"], notes: null, group: null, colour: null } as unknown as Run;

it("asks only for what changes", () => {
  expect(editsFor(run, { name: "a", tags: ["x"], notes: "", group: "", colour: null })).toEqual([]);
  expect(editsFor(run, { name: "b", tags: [], notes: "n", group: "g", colour: 3 })).toEqual([
    { action: "rename_run", run: "r", name: "b" },
    { action: "set_tags", run: "r", tags: [] },
    { action: "set_notes", run: "r", notes: "n" },
    { action: "set_group", run: "r", group: "g" },
    { action: "set_colour", run: "r", colour: 3 },
  ]);
});

it("empties what is left empty", () => {
  const full = { ...run, notes: "n", group: "g", colour: 1 } as Run;
  expect(editsFor(full, { notes: "", group: null, colour: null })).toEqual([
    { action: "set_notes", run: "r", notes: null },
    { action: "set_group", run: "r", group: null },
    { action: "set_colour", run: "r", colour: null },
  ]);
});

it("reads tags divided by commas, each once", () => {
  expect(tagsOf(" best, paper ,, best")).toEqual(["best", "paper"]);
});
