import { expect, test } from "vitest";
import { secondsOf, spanRows } from "./spans.ts";

test("times are seconds whatever unit their size tells", () => {
  const at = 1_700_000_000;
  expect([at, at * 1e3, at * 1e6, at * 1e9, `${at}`, "2023-11-14T22:13:20Z"].map(secondsOf)).toEqual([at, at, at, at, at, at]);
  expect([null, undefined, "", "soon", Number.NaN, {}].map(secondsOf)).toEqual([null, null, null, null, null, null]);
  expect([0, 1.5].map(secondsOf)).toEqual([0, 1.5]);
});

test("children stand below their parents, by their beginning", () => {
  const { rows, seconds } = spanRows([
    { id: "c", name: "tool", parent_id: "a", start_time: 103, end_time: 104 },
    { id: "b", name: "generate", parent_id: "a", start_time: 101, end_time: 102.5 },
    { id: "a", name: "agent", start_time: 100, end_time: 105 },
    { id: "d", parent_id: "gone", start_time: 99, duration_ms: 500, status: "error" },
  ]);
  expect(rows.map(({ name, depth, start, seconds: long, error }) => [name, depth, start, long, error])).toEqual([
    ["d", 0, 0, 0.5, "failed"],
    ["agent", 0, 1, 5, null],
    ["generate", 1, 2, 1.5, null],
    ["tool", 1, 4, 1, null],
  ]);
  expect(seconds).toBe(6);
});

test("every span is there once, even when they are each other's parents or share an id", () => {
  const spans = [{ id: "a", parent_id: "b" }, { id: "b", parent_id: "a" }, { id: "c", parent_id: "c" }, { id: "c" }, {}];
  expect(spanRows(spans).rows.length).toBe(spans.length);
});

test("spans without times are listed in their order", () => {
  const { rows, seconds } = spanRows([{ id: "a", name: "one" }, { name: "two", error: { code: 5 } }]);
  expect(rows.map((row) => [row.name, row.start, row.seconds, row.error])).toEqual([
    ["one", null, null, null],
    ["two", null, null, '{"code":5}'],
  ]);
  expect(seconds).toBe(0);
});
