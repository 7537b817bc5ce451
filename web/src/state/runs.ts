import { computed, signal } from "@preact/signals";
import { fetchRuns } from "../api/client.ts";
import type { RunsQuery } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { project } from "./address.ts";
import { projectExists } from "./projects.ts";
import { streamReady } from "./ready.ts";

export type Loading = "loading" | "ready" | "failed";

/** The newest so many come first, so that a page of ten thousand runs begins like one of ten. */
const FIRST_PAGE = 200;
const NEXT_PAGES = 2_500;

const held = signal<ReadonlyMap<string, Run>>(new Map());
export const runsState = signal<Loading>("loading");
export const runsError = signal("");
/** Runs of the project, fetched or not; null once all are here. */
const expected = signal<number | null>(null);

/** Newest first. */
export const runs = computed<Run[]>(() => [...held.value.values()].sort((a, b) => b.slot - a.slot || b.created - a.created));
export const runsTotal = computed(() => Math.max(expected.value ?? 0, held.value.size));
export const runsComplete = computed(() => runsState.value === "ready" && expected.value === null);

export function runOf(id: string): Run | undefined {
  return held.value.get(id);
}

let generation = 0;
/** Runs announced while the list is being fetched, which may have been made before they changed; null otherwise. */
let announced: Run[] | null = null;

function isNewer(run: Run, than: Run | undefined): boolean {
  return !than || (run.last_activity >= than.last_activity && (run.status !== "running" || than.status === "running"));
}

function take(found: ReadonlyMap<string, Run>): void {
  const next = new Map(found);
  for (const run of announced ?? []) if (isNewer(run, next.get(run.id))) next.set(run.id, run);
  held.value = next;
  runsState.value = "ready";
}

async function fetchAll(name: string, mine: number): Promise<void> {
  const found = new Map<string, Run>();
  // Until the rest is here, a list fetched again must not lose what it held.
  const anew = held.peek().size > 0;
  let total = Infinity;
  for (let offset = 0; offset < total; offset += offset === 0 ? FIRST_PAGE : NEXT_PAGES) {
    const page = await fetchRuns({ project: name, offset, limit: offset === 0 ? FIRST_PAGE : NEXT_PAGES });
    if (mine !== generation) return;
    total = page.total;
    for (const run of page.runs) found.set(run.id, run);
    if (anew) continue;
    expected.value = total;
    take(found);
  }
  take(found);
  expected.value = null;
  announced = null;
}

export async function loadRuns(): Promise<void> {
  const name = project.peek();
  const mine = ++generation;
  if (name === null) return;
  announced = [];
  try {
    await streamReady;
    // One that is not there yet has no runs; its first is announced.
    if (await projectExists(name)) await fetchAll(name, mine);
    else if (mine === generation) take(new Map());
  } catch (error) {
    if (mine !== generation) return;
    runsError.value = error instanceof Error ? error.message : String(error);
    runsState.value = "failed";
  }
}

/** Fetches first what a list begins with in another order, or through a filter, while the others are on their way. */
export async function prefetchRuns(query: Pick<RunsQuery, "sort" | "descending" | "filter">): Promise<void> {
  const name = project.peek();
  if (name === null || runsComplete.peek() || runsState.peek() !== "ready") return;
  const page = await fetchRuns({ ...query, project: name, offset: 0, limit: FIRST_PAGE });
  if (name === project.peek()) putRuns(page.runs);
}

/** Takes in runs that were made or changed. */
export function putRuns(changed: readonly Run[]): void {
  const mine = changed.filter((run) => run.project === project.peek());
  announced?.push(...mine);
  if (mine.length === 0 || runsState.peek() !== "ready") return;
  const next = new Map(held.peek());
  for (const run of mine) next.set(run.id, run);
  held.value = next;
}

/** Forgets runs that were deleted. */
export function dropRuns(ids: readonly string[]): void {
  const gone = new Set(ids);
  announced = announced?.filter((run) => !gone.has(run.id)) ?? null;
  if (!ids.some((id) => held.peek().has(id))) return;
  held.value = new Map([...held.peek()].filter(([id]) => !gone.has(id)));
}

// Another project: nothing of the last one holds any more.
project.subscribe(() => {
  held.value = new Map();
  expected.value = null;
  runsState.value = "loading";
  void loadRuns();
});
