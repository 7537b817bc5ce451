import { computed, signal } from "@preact/signals";
import { fetchColumns, fetchRuns } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { project } from "./address.ts";
import { projectExists } from "./projects.ts";
import { streamReady } from "./ready.ts";

export type Loading = "loading" | "ready" | "failed";

/** The newest so many come first, and whole: they are drawn unless somebody chooses others. */
const FIRST_PAGE = 50;
/** What lists show of every run. Settings, results and all else are asked for where they are needed: run-details.ts. */
const LISTED = ["name", "group", "status", "error", "slot", "created", "started", "ended", "last_activity", "tags", "notes", "colour", "rows"] as const;
const UNKNOWN: Pick<Run, "config" | "summary" | "refused" | "host" | "pid" | "user" | "command" | "deleted" | "members" | "ranks"> = {
  config: {}, summary: {}, refused: {}, host: "", pid: 0, user: "", command: [], deleted: null, members: 1, ranks: 1,
};

const held = signal<ReadonlyMap<string, Run>>(new Map());
/** Ids of the runs of which everything is known; it changes with what is held. */
const whole = new Set<string>();
export const runsState = signal<Loading>("loading");
export const runsError = signal("");
/** Runs of the project, fetched or not; null once all are here. */
const expected = signal<number | null>(null);
/** Counts what happened to runs themselves, not what became known of them. */
export const runChanges = signal(0);
/** Counts the lists that were fetched: what was asked for before may have changed since. */
export const runLists = signal(0);

/** Newest first. */
export const runs = computed<Run[]>(() => [...held.value.values()].sort((a, b) => b.slot - a.slot || b.created - a.created));
export const runsTotal = computed(() => Math.max(expected.value ?? 0, held.value.size));
export const runsComplete = computed(() => runsState.value === "ready" && expected.value === null);

export function runOf(id: string): Run | undefined {
  return held.value.get(id);
}

/** Returns a run once everything is known of it. */
export function wholeRunOf(id: string): Run | undefined {
  const run = held.value.get(id);
  return whole.has(id) ? run : undefined;
}

let generation = 0;
/** Runs announced while the list is being fetched, which may have been made before they changed; null otherwise. */
let announced: Run[] | null = null;

function isNewer(run: Run, than: Run | undefined): boolean {
  return !than || (run.last_activity >= than.last_activity && (run.status !== "running" || than.status === "running"));
}

function take(found: Map<string, Run>, known: Iterable<string>): void {
  whole.clear();
  for (const id of known) whole.add(id);
  for (const run of announced ?? []) {
    if (!isNewer(run, found.get(run.id))) continue;
    found.set(run.id, run);
    whole.add(run.id);
  }
  held.value = found;
  runsState.value = "ready";
  runChanges.value += 1;
}

/** Returns every run as lists show it; what was known of it stays until it is asked for again. */
async function fetchList(name: string, first: ReadonlyMap<string, Run>): Promise<Map<string, Run>> {
  const { ids, columns } = await fetchColumns(name, LISTED);
  const told = LISTED.map((field) => [field, columns[field]!] as const);
  const before = held.peek();
  const found = new Map<string, Run>();
  ids.forEach((id, at) => {
    const run: Record<string, unknown> = { ...UNKNOWN, ...before.get(id), id, project: name };
    for (const [field, values] of told) run[field] = values[at];
    found.set(id, first.get(id) ?? (run as unknown as Run));
  });
  return found;
}

async function fetchAll(name: string, mine: number): Promise<void> {
  const { runs: newest, total } = await fetchRuns(name, FIRST_PAGE);
  if (mine !== generation) return;
  const first = new Map(newest.map((run) => [run.id, run]));
  let found = new Map(first);
  if (total > first.size) {
    // Until the rest is here, a list fetched again must not lose what it held.
    if (held.peek().size === 0) {
      expected.value = total;
      take(new Map(first), first.keys());
    }
    found = await fetchList(name, first);
    if (mine !== generation) return;
  }
  runLists.value += 1;
  take(found, first.keys());
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
    else if (mine === generation) take(new Map(), []);
  } catch (error) {
    if (mine !== generation) return;
    runsError.value = error instanceof Error ? error.message : String(error);
    runsState.value = "failed";
  }
}

function hold(changed: readonly Run[]): void {
  const next = new Map(held.peek());
  for (const run of changed) next.set(run.id, run);
  held.value = next;
}

/** Takes in runs that were made or changed, as the server tells of them: whole. */
export function putRuns(changed: readonly Run[]): void {
  const mine = changed.filter((run) => run.project === project.peek());
  announced?.push(...mine);
  if (mine.length === 0 || runsState.peek() !== "ready") return;
  for (const run of mine) whole.add(run.id);
  hold(mine);
  runChanges.value += 1;
}

/** Takes in what this page changes about runs; what is known of them stays as much as it was. */
export function changeRuns(changed: readonly Run[]): void {
  hold(changed.filter((run) => run.project === project.peek()));
  runChanges.value += 1;
}

/** Takes in whole runs that were asked for; one that was announced meanwhile is known better. */
export function completeRuns(found: readonly Run[]): void {
  const fresh = found.filter((run) => run.project === project.peek() && !whole.has(run.id));
  if (fresh.length === 0 || runsState.peek() !== "ready") return;
  for (const run of fresh) whole.add(run.id);
  hold(fresh);
}

/** Takes in values that were asked for of all runs: `known` returns a run with them, by its place among `ids`. */
export function addToRuns(ids: readonly string[], known: (run: Run, at: number) => Run): void {
  const next = new Map(held.peek());
  ids.forEach((id, at) => {
    const run = next.get(id);
    if (run && !whole.has(id)) next.set(id, known(run, at));
  });
  held.value = next;
}

/** Forgets runs that were deleted. */
export function dropRuns(ids: readonly string[]): void {
  const gone = new Set(ids);
  announced = announced?.filter((run) => !gone.has(run.id)) ?? null;
  if (!ids.some((id) => held.peek().has(id))) return;
  for (const id of ids) whole.delete(id);
  held.value = new Map([...held.peek()].filter(([id]) => !gone.has(id)));
  runChanges.value += 1;
}

// Another project: nothing of the last one holds any more.
project.subscribe(() => {
  held.value = new Map();
  whole.clear();
  expected.value = null;
  runsState.value = "loading";
  void loadRuns();
});
