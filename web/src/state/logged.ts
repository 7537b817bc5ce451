import { fetchObjects, fetchSteps } from "../api/client.ts";
import type { Kind, LoggedObject } from "../api/types.ts";

/** What is asked of several runs: one key, or everything of some kinds; at the steps from `first` to `last`. */
export interface Wanted {
  project: string;
  runs: readonly string[];
  key?: string;
  kinds?: readonly Kind[];
  first?: number | null;
  last?: number | null;
}

/** Ids go into an address, which servers cut off at 8 kB. */
const RUNS_AT_ONCE = 200;
const PAGE = 5_000;

/** Asks about any number of runs, in as many requests as it takes. */
async function ofRuns<T>(wanted: Wanted, ask: (part: Wanted) => Promise<T[]>): Promise<T[]> {
  const parts: Wanted[] = [];
  for (let at = 0; at < wanted.runs.length; at += RUNS_AT_ONCE) parts.push({ ...wanted, runs: wanted.runs.slice(at, at + RUNS_AT_ONCE) });
  return (await Promise.all(parts.map(ask))).flat();
}

/** Returns the steps at which any of the runs logged something of it, rising. */
export async function stepsIn(wanted: Wanted, signal: AbortSignal): Promise<number[]> {
  const found = await ofRuns(wanted, (part) => fetchSteps(part, signal));
  return [...new Set(found)].sort((a, b) => a - b);
}

/** Returns the newest object of each run, at the step `last` or before it. */
export async function newestIn(wanted: Wanted & { key: string }, signal?: AbortSignal): Promise<LoggedObject[]> {
  return ofRuns(wanted, async (part) => (await fetchObjects({ ...part, parts: 1 }, signal)).objects);
}

/** Returns every object of the runs at these steps. */
export async function objectsIn(wanted: Wanted, signal: AbortSignal): Promise<LoggedObject[]> {
  return ofRuns(wanted, async (part) => {
    const found: LoggedObject[] = [];
    let before: string | undefined;
    do {
      const page = await fetchObjects({ ...part, limit: PAGE, ...(before === undefined ? {} : { before }) }, signal);
      found.push(...page.objects);
      before = page.next ?? undefined;
    } while (before !== undefined);
    return found;
  });
}
