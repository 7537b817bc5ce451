import type { Run } from "../api/types.ts";
import { slotOf } from "./colours.ts";
import { columnOf } from "./columns.ts";
import { groupValue } from "./grouping.ts";
import { isMissing, textOf } from "./natural.ts";

/** What gives runs their colours: each itself, the group that it is in, or a column of the table of runs. */
export type ColourBy = { of: "run" } | { of: "group"; by: string } | { of: "column"; id: string };

/** Which colours values have: each of several a slot of the palette, or numbers a place on a ramp. */
export type Scheme =
  | { kind: "own" }
  | { kind: "classes"; slots: readonly (readonly [string, number])[] }
  | { kind: "ramp"; low: number; high: number; log: boolean };

/** Numbers that span more than this are told apart better by their powers. */
const LOG_SPAN = 20;

/** Reads what an address says: `run`, `group`, or the id of a column; without a word runs are coloured as they are grouped. */
export function colourByOf(text: string | null, groupBy: string | null): ColourBy {
  if (text !== null && text !== "run" && text !== "group" && columnOf(text)) return { of: "column", id: text };
  return text === "run" || groupBy === null ? { of: "run" } : { of: "group", by: groupBy };
}

/** Returns the value of a run that its colour tells of; undefined or null where it has none. */
export function valueOf(run: Run, colourBy: ColourBy): unknown {
  if (colourBy.of === "run") return undefined;
  return colourBy.of === "group" ? groupValue(run, colourBy.by) : columnOf(colourBy.id)!.value(run);
}

function rampOf(numbers: readonly number[]): Scheme {
  const finite = numbers.filter((n) => Number.isFinite(n));
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return { kind: "ramp", low, high, log: low > 0 && high / low >= LOG_SPAN };
}

/** Values get slots in the order of the first runs that have them, so that new ones change no colour. */
function classesOf(runs: readonly Run[], colourBy: ColourBy): Scheme {
  const slots = new Map<string, number>();
  let next = 0;
  for (const run of [...runs].sort((a, b) => a.slot - b.slot)) {
    const value = valueOf(run, colourBy);
    if (isMissing(value) || slots.has(textOf(value))) continue;
    // Who gave the first run of a group another colour meant the group.
    slots.set(textOf(value), run.colour ?? next);
    next += 1;
  }
  return { kind: "classes", slots: [...slots] };
}

export function schemeOf(runs: readonly Run[], colourBy: ColourBy): Scheme {
  if (colourBy.of === "run") return { kind: "own" };
  if (colourBy.of === "group") return classesOf(runs, colourBy);
  const values = runs.map((run) => valueOf(run, colourBy)).filter((value) => !isMissing(value));
  const numeric = values.length > 0 && values.every((value) => typeof value === "number");
  return numeric ? rampOf(values as number[]) : classesOf(runs, colourBy);
}

/** Returns the place of a number on a ramp, from 0 to 1; null for what is none. */
export function placeOn(scheme: Scheme & { kind: "ramp" }, value: unknown): number | null {
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const { low, high, log } = scheme;
  if (low === high) return 0.5;
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/** Returns the slot of the palette that a run has in a scheme; null where its value has none. */
export function slotIn(scheme: Scheme & { kind: "own" | "classes" }, run: Run, colourBy: ColourBy): number | null {
  if (scheme.kind === "own") return slotOf(run);
  const value = valueOf(run, colourBy);
  return isMissing(value) ? null : (scheme.slots.find(([text]) => text === textOf(value))?.[1] ?? null);
}
