import { signal } from "@preact/signals";
import { fetchFormula } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { SIGN } from "./formula-text.ts";

/** The metrics that formulas are made of, as the server reads them. */
const known = signal<ReadonlyMap<string, readonly string[]>>(new Map());
const asked = new Set<string>();

async function load(metric: string): Promise<void> {
  asked.add(metric);
  // One that cannot be read has no metrics, and no run has it.
  const names = await fetchFormula(metric.slice(SIGN.length)).catch(() => []);
  known.value = new Map(known.peek()).set(metric, names);
}

/** Returns the metrics that one is made of: itself, unless it is a formula; none until that is known. */
export function partsOf(metric: string): readonly string[] {
  if (!metric.startsWith(SIGN)) return [metric];
  const names = known.value.get(metric);
  if (!names && !asked.has(metric)) void load(metric);
  return names ?? [];
}

/** Whether a run logged a metric, or all that it is made of. */
export function hasMetric(run: Run, metric: string): boolean {
  if (metric in run.summary) return true;
  const parts = metric.startsWith(SIGN) ? partsOf(metric) : [];
  return parts.length > 0 && parts.every((name) => name in run.summary);
}
