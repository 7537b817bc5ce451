import type { Run } from "../api/types.ts";
import { configValues } from "./grouping.ts";
import { natural } from "./natural.ts";

/** One line of a comparison: a value of each run, in their order. */
export interface Compared {
  key: string;
  values: unknown[];
  same: boolean;
}

function compared(key: string, values: unknown[]): Compared {
  const first = JSON.stringify(values[0]);
  return { key, values, same: values.every((value) => JSON.stringify(value) === first) };
}

/** Returns a line for every key of the runs' configurations, as they stand there: nested keys beside each other. */
export function comparedConfig(runs: readonly Run[]): Compared[] {
  const keys = new Set(runs.flatMap((run) => [...configValues(run.config).keys()]));
  return [...keys].sort(natural).map((key) => compared(key, runs.map((run) => configValues(run.config).get(key))));
}

/** Returns a line for every metric: its last value in each run. */
export function comparedSummary(runs: readonly Run[]): Compared[] {
  const names = new Set(runs.flatMap((run) => Object.keys(run.summary)));
  return [...names].sort(natural).map((name) => compared(name, runs.map((run) => run.summary[name]?.last)));
}

/** Returns a line for what runs were, beside their settings and results. */
export function comparedFacts(runs: readonly Run[]): Compared[] {
  const facts: [string, (run: Run) => unknown][] = [
    ["status", (run) => run.status],
    ["group", (run) => run.group ?? undefined],
    ["tags", (run) => (run.tags.length > 0 ? run.tags.join(", ") : undefined)],
    ["rows", (run) => run.rows],
    ["host", (run) => run.host],
    ["user", (run) => run.user],
    ["command", (run) => run.command.join(" ")],
    ["error", (run) => run.error ?? undefined],
  ];
  return facts.map(([key, of]) => compared(key, runs.map(of))).filter((line) => line.values.some((value) => value !== undefined));
}

export interface Branch {
  /** What stands before the last dot or slash, under which lines stand together. */
  title: string;
  lines: Compared[];
}

/** Arranges lines as a tree of one level: by what stands before the last `.` or `/` of their keys. */
export function branches(lines: readonly Compared[], separator: "." | "/"): Branch[] {
  const found = new Map<string, Compared[]>();
  for (const line of lines) {
    const title = line.key.slice(0, Math.max(0, line.key.lastIndexOf(separator)));
    found.set(title, [...(found.get(title) ?? []), line]);
  }
  return [...found].sort(([a], [b]) => natural(a, b)).map(([title, list]) => ({ title, lines: list }));
}

/** Returns how much a number is above the baseline's, and in what share of it; null where there is nothing to say. */
export function delta(value: unknown, baseline: unknown): { by: number; share: number | null } | null {
  if (typeof value !== "number" || typeof baseline !== "number") return null;
  const by = value - baseline;
  if (by === 0 || !Number.isFinite(by)) return null;
  return { by, share: baseline === 0 ? null : by / Math.abs(baseline) };
}
