import type { Best, Line } from "./types.ts";

/** The best value of a line so far at each of its rows; NaN before its first number. */
export function bestOf(line: Line, best: Best): Float64Array {
  const least = best === "min";
  const rows = (least ? line.min : line.max) ?? line.values;
  // The edges of a group's band are no values that any run had.
  const values = line.members ? line.values : rows;
  let held = line.earlier ? line.earlier[least ? 0 : 1] : Number.NaN;
  return values.map((value) => {
    if (Number.isFinite(value) && !(least ? value >= held : value <= held)) held = value;
    return held;
  });
}
