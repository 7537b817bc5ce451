import type { Run } from "../api/types.ts";
import { linearTicks, logTicks, warp } from "../chart/scale.ts";
import { configValue, flattened } from "./grouping.ts";
import { byValue, isMissing, natural, textOf } from "./natural.ts";

export type Outcome = "last" | "min" | "max";

/** One quantity that runs differ in, as an axis of places from 0 to 1. */
export interface Dimension {
  id: string;
  title: string;
  /** Of each run, in their order; null where it has none. */
  places: (number | null)[];
  texts: string[];
  ticks: { place: number; label: string }[];
}

/** Numbers that span more than this are easier to compare by their powers. */
const LOG_SPAN = 20;
const TICKS = 5;
const MOST_CATEGORIES = 12;

function ofNumbers(numbers: readonly (number | null)[]): Pick<Dimension, "places" | "ticks"> {
  const there = numbers.filter((n) => n !== null);
  const [lo, hi] = [Math.min(...there), Math.max(...there)];
  const kind = lo > 0 && hi / lo >= LOG_SPAN ? "log" : "linear";
  const [from, to] = [warp(kind, lo, 1), warp(kind, hi, 1)];
  const place = (n: number): number => (to > from ? (warp(kind, n, 1) - from) / (to - from) : 0.5);
  const ticks = kind === "log" ? logTicks(lo, hi, TICKS) : linearTicks(lo, hi, TICKS, there.every(Number.isInteger));
  return {
    places: numbers.map((n) => (n === null ? null : place(n))),
    ticks: ticks.map(({ value, label }) => ({ place: place(value), label })),
  };
}

function ofTexts(values: readonly unknown[]): Pick<Dimension, "places" | "ticks"> {
  const known = new Map(values.filter((v) => !isMissing(v)).map((v) => [textOf(v), v]));
  const names = [...known].sort(([, a], [, b]) => byValue(a, b)).map(([name]) => name);
  const place = (name: string): number => (names.length > 1 ? names.indexOf(name) / (names.length - 1) : 0.5);
  const every = Math.ceil(names.length / MOST_CATEGORIES);
  return {
    places: values.map((v) => (isMissing(v) ? null : place(textOf(v)))),
    ticks: names.filter((_, i) => i % every === 0).map((name) => ({ place: place(name), label: name })),
  };
}

/** Numbers lie as far apart as they are, anything else evenly in its order. */
export function dimensionOf(id: string, title: string, values: readonly unknown[]): Dimension {
  const numeric = values.every((v) => isMissing(v) || (typeof v === "number" && Number.isFinite(v))) && values.some((v) => !isMissing(v));
  const placed = numeric ? ofNumbers(values.map((v) => (isMissing(v) ? null : (v as number)))) : ofTexts(values);
  return { id, title, texts: values.map((v) => (isMissing(v) ? "–" : textOf(v))), ...placed };
}

/** Returns the keys of configurations in which these runs differ. */
export function differingKeys(runs: readonly Run[]): string[] {
  const keys = new Set(runs.flatMap((run) => flattened(run.config).map(([key]) => key)));
  return [...keys].filter((key) => new Set(runs.map((run) => textOf(configValue(run.config, key)))).size > 1).sort(natural);
}

export function configDimension(runs: readonly Run[], key: string): Dimension {
  return dimensionOf(key, key, runs.map((run) => configValue(run.config, key)));
}

/** A metric as the outcome of runs. */
export function outcomeDimension(runs: readonly Run[], metric: string, of: Outcome): Dimension {
  const title = of === "last" ? metric : `${of} ${metric}`;
  return dimensionOf(`outcome:${metric}`, title, runs.map((run) => run.summary[metric]?.[of] ?? null));
}

/** Which runs lie within every one of these parts of dimensions. */
export function within(dimensions: readonly Dimension[], parts: ReadonlyMap<string, readonly [number, number]>): boolean[] {
  const count = dimensions[0]?.places.length ?? 0;
  return Array.from({ length: count }, (_, run) =>
    dimensions.every(({ id, places }) => {
      const part = parts.get(id);
      const place = places[run] ?? null;
      return !part || (place !== null && place >= part[0] && place <= part[1]);
    }),
  );
}
