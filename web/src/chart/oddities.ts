import { places } from "./scale.ts";
import type { Scale } from "./scale.ts";
import { visible } from "./visible.ts";
import type { Line, Notes, Oddity, Series } from "./types.ts";

/** What of a line is NaN or infinite, in order; `x` are its places on the axis. */
export function oddities(line: Line, x: Float64Array): Oddity[] {
  const { values, odd } = line;
  const out: Oddity[] = [];
  const add = (i: number, kind: Oddity["kind"], count: number | undefined): void => {
    if (count) out.push({ x: x[i] as number, kind, count });
  };
  for (let i = 0; i < values.length; i++) {
    if (odd) {
      add(i, "nan", odd.nan[i]);
      add(i, "high", odd.high[i]);
      add(i, "low", odd.low[i]);
      continue;
    }
    const v = values[i] as number;
    if (Number.isFinite(v)) continue;
    add(i, Number.isNaN(v) ? "nan" : v > 0 ? "high" : "low", 1);
  }
  // A row of several points begins before the first of them that is no number.
  if (line.oddStep !== undefined && line.oddStep !== null && out[0] && x === line.steps) out[0].x = line.oddStep;
  return out;
}

/** Counts what a chart over these scales cannot show in its place: of runs, not of the means of groups. */
export function notesOf(all: Series[], sx: Scale, sy: Scale, outliers: boolean): Notes {
  const notes: Notes = { nan: 0, infinite: 0, odd: null, unplaced: 0, beyond: 0 };
  for (const s of all) {
    if (s.line.members) continue;
    for (const { x, kind, count } of s.odd) {
      if (x < sx.lo || x > sx.hi) continue;
      if (kind === "nan") notes.nan += count;
      else notes.infinite += count;
      notes.odd = notes.odd ? [Math.min(notes.odd[0], x), Math.max(notes.odd[1], x)] : [x, x];
    }
    if (!s.line.faint && (outliers || sy.kind === "log")) countOutside(s, sx, sy, outliers, notes);
  }
  return notes;
}

function countOutside(s: Series, sx: Scale, sy: Scale, outliers: boolean, notes: Notes): void {
  const { values, counts } = s.line;
  const [from, to] = visible(s, sx.lo, sx.hi);
  for (let i = from; i < to; i++) {
    const x = s.x[i] as number;
    const v = values[i] as number;
    if (x < sx.lo || x > sx.hi || !Number.isFinite(v)) continue;
    if (!places(sy.kind, v)) notes.unplaced += counts?.[i] || 1;
    else if (outliers && (v < sy.lo || v > sy.hi)) notes.beyond += counts?.[i] || 1;
  }
}
