import { bestOf } from "./best.ts";
import { oddities } from "./oddities.ts";
import { smooth, smoothLog } from "./smooth.ts";
import type { ChartOptions, Line, Rows, Series, XAxis } from "./types.ts";

function isSorted(x: Float64Array): boolean {
  for (let i = 1; i < x.length; i++) if ((x[i] as number) < (x[i - 1] as number)) return false;
  return true;
}

function axisValues(line: Line, axis: XAxis): Float64Array {
  if (axis === "step") return line.steps;
  if (axis === "time") return line.times;
  if (axis === "metric") return line.xs ?? line.steps;
  const start = line.start ?? line.times[0] ?? 0;
  return line.times.map((time) => time - start);
}

function joined(parts: Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const ones = (rows: Rows): Float64Array => rows.counts ?? new Float64Array(rows.values.length).fill(1);

/** Smooths rows together with those beside them. */
function smoothed(line: Line, values: Float64Array, options: ChartOptions): Float64Array {
  // Steps, not the axis shown, say how far apart points are, so that the curve is the same on every axis.
  const how = options.yScale === "log" ? smoothLog : smooth;
  const own: Rows = { steps: line.steps, values, counts: line.counts };
  if (!line.before && !line.after) return how(own, options.smoothing);
  const all = [line.before, own, line.after].filter((rows) => rows !== undefined);
  const out = how(
    { steps: joined(all.map((r) => r.steps)), values: joined(all.map((r) => r.values)), counts: joined(all.map(ones)) },
    options.smoothing,
  );
  const first = line.before?.values.length ?? 0;
  return out.subarray(first, first + values.length);
}

export function prepare(line: Line, options: ChartOptions): Series {
  const x = axisValues(line, options.xAxis);
  if (options.best && !line.faint) {
    return { line, x, y: bestOf(line, options.best), low: undefined, high: undefined, odd: oddities(line, x), sorted: isSorted(x), smoothed: true };
  }
  const soft = options.smoothing.weight > 0 && line.values.length > 1;
  const y = soft ? smoothed(line, line.values, options) : line.values;
  // A group's spread belongs to its mean; a row's extremes stay what they are.
  const edge = (values: Float64Array | undefined): Float64Array | undefined =>
    soft && line.members && values ? smoothed(line, values, options) : values;
  return { line, x, y, low: edge(line.min), high: edge(line.max), odd: oddities(line, x), sorted: isSorted(x), smoothed: soft };
}

function sameData(a: Line, b: Line): boolean {
  return (
    a.values === b.values && a.steps === b.steps && a.times === b.times && a.xs === b.xs && a.start === b.start &&
    a.min === b.min && a.faint === b.faint && a.earlier === b.earlier && a.before === b.before && a.after === b.after
  );
}

/** Prepares all lines, taking over what has not changed. */
export function prepareAll(lines: Line[], options: ChartOptions, old: Map<string, Series>): Series[] {
  return lines.map((line) => {
    const before = old.get(line.id);
    return before && sameData(before.line, line) ? { ...before, line } : prepare(line, options);
  });
}
