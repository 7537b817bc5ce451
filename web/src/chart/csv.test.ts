import { expect, it } from "vitest";
import { csvOf } from "./csv.ts";

const column = (...v: number[]): Float64Array => Float64Array.from(v);

it("has one row per point", () => {
  const text = csvOf("train/loss", [{ run: "a", id: "1", steps: column(0, 1), times: column(0, 1.5), values: column(0.5, Number.NaN) }]);
  expect(text.split("\r\n")).toEqual(["run,run_id,step,time,train/loss", "a,1,0,1970-01-01T00:00:00.000Z,0.5", "a,1,1,1970-01-01T00:00:01.500Z,NaN", ""]);
});

it("says of buckets what they hold", () => {
  const buckets = { run: "a", id: "1", steps: column(0), times: column(0), values: column(2), min: column(1), max: column(4), counts: column(9) };
  expect(csvOf("x", [buckets]).split("\r\n")[1]).toBe("a,1,0,1970-01-01T00:00:00.000Z,2,1,4,9");
});

it("quotes names, and lets none of them be a formula", () => {
  const [head, row] = csvOf('a,"b"', [{ run: '=HYPERLINK("x")', id: "1", steps: column(0), times: column(0), values: column(1) }]).split("\r\n");
  expect(head).toBe('run,run_id,step,time,"a,""b"""');
  expect(row).toMatch(/^"'=HYPERLINK\(""x""\)",1,/);
});

it("names the metric of each row where there are several", () => {
  const of = (...values: number[]) => Float64Array.from(values);
  const series = (metric: string) => ({ run: "a", id: "1", metric, steps: of(0), times: of(0), values: of(2) });
  expect(csvOf("x", [series("x"), series("y")]).split("\r\n").slice(0, 3)).toEqual([
    "run,run_id,metric,step,time,value",
    "a,1,x,0,1970-01-01T00:00:00.000Z,2",
    "a,1,y,0,1970-01-01T00:00:00.000Z,2",
  ]);
});
