import { signal } from "@preact/signals";
import { fetchFormula } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { SIGN } from "./formula-text.ts";

/** What formulas are, as the server reads them: the metrics that they are made of, or what is wrong. */
const known = signal<ReadonlyMap<string, { names: readonly string[]; fault: string | null }>>(new Map());
const asked = new Set<string>();

async function load(metric: string): Promise<void> {
  asked.add(metric);
  const found = await fetchFormula(metric.slice(SIGN.length)).then(
    (names) => ({ names, fault: null }),
    // One that cannot be read has no metrics, and no run has it.
    (error: unknown) => ({ names: [], fault: error instanceof Error ? error.message : String(error) }),
  );
  known.value = new Map(known.peek()).set(metric, found);
}

/** Returns why a formula cannot be read; null for one that can, and for other metrics. */
export function faultOf(metric: string): string | null {
  return known.value.get(metric)?.fault ?? null;
}

/** Returns the metrics that one is made of: itself, unless it is a formula; none until that is known. */
export function partsOf(metric: string): readonly string[] {
  if (!metric.startsWith(SIGN)) return [metric];
  const found = known.value.get(metric);
  if (!found && !asked.has(metric)) void load(metric);
  return found?.names ?? [];
}

/** Whether a run logged a metric, or all that it is made of. */
export function hasMetric(run: Run, metric: string): boolean {
  if (metric in run.summary) return true;
  const parts = metric.startsWith(SIGN) ? partsOf(metric) : [];
  return parts.length > 0 && parts.every((name) => name in run.summary);
}
