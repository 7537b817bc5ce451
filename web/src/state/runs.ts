import { computed, signal } from "@preact/signals";
import { fetchRuns } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { page, project, show } from "./address.ts";
import { projectExists } from "./projects.ts";
import { streamReady } from "./ready.ts";

/** Without a choice the newest so many are drawn: more lines than that tell nothing. */
export const SHOWN_AT_FIRST = 50;
/** Longer choices would make addresses that programs cut off; they last as long as the page. */
const MOST_IN_ADDRESS = 40;

export type Loading = "loading" | "ready" | "failed";

const held = signal<ReadonlyMap<string, Run>>(new Map());
export const runsState = signal<Loading>("loading");
export const runsError = signal("");

/** Newest first. */
export const runs = computed<Run[]>(() => [...held.value.values()].sort((a, b) => b.slot - a.slot || b.created - a.created));

export function runOf(id: string): Run | undefined {
  return held.value.get(id);
}

let generation = 0;
/** Runs announced while the list is being fetched, which may have been made before they changed; null otherwise. */
let announced: Run[] | null = null;

function isNewer(run: Run, than: Run | undefined): boolean {
  return !than || (run.last_activity >= than.last_activity && (run.status !== "running" || than.status === "running"));
}

export async function loadRuns(): Promise<void> {
  const name = project.peek();
  const mine = ++generation;
  if (name === null) return;
  announced = [];
  try {
    await streamReady;
    // One that is not there yet has no runs; its first is announced.
    const found = (await projectExists(name)) ? await fetchRuns(name) : [];
    if (mine !== generation) return;
    const next = new Map(found.map((run) => [run.id, run]));
    for (const run of announced ?? []) if (isNewer(run, next.get(run.id))) next.set(run.id, run);
    announced = null;
    held.value = next;
    runsState.value = "ready";
  } catch (error) {
    if (mine !== generation) return;
    runsError.value = error instanceof Error ? error.message : String(error);
    runsState.value = "failed";
  }
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

/** The newest run when runs were chosen by hand; null when the address alone chooses. */
const chosenUpTo = signal<number | null>(null);
/** What was ticked or unticked by hand, over what the address or the rule says. */
const ticked = signal<ReadonlyMap<string, boolean>>(new Map());

// Another project: nothing of the last one holds any more.
project.subscribe(() => {
  held.value = new Map();
  ticked.value = new Map();
  chosenUpTo.value = null;
  runsState.value = "loading";
  void loadRuns();
});

// Computed apart, so that a zoom, which is in the address too, wakes nobody here.
const namesInAddress = computed(() => page.value.runs);
const idsInAddress = computed(() => page.value.runIds);

const listed = computed<ReadonlySet<string> | null>(() => {
  const [names, runIds] = [namesInAddress.value, idsInAddress.value];
  if (names === null && runIds === null) return null;
  const wanted = new Set(names);
  const ids = new Set(runIds);
  const later = chosenUpTo.value ?? Infinity;
  return new Set(runs.value.filter((run) => ids.has(run.id) || wanted.has(run.name) || run.slot > later).map((run) => run.id));
});

export const shownIds = computed<ReadonlySet<string>>(() => {
  const base = listed.value ?? new Set(runs.value.slice(0, SHOWN_AT_FIRST).map((run) => run.id));
  if (ticked.value.size === 0) return base;
  const ids = new Set(base);
  for (const [id, on] of ticked.value) {
    if (on) ids.add(id);
    else ids.delete(id);
  }
  return ids;
});

/** The runs whose lines, media and tables are shown, newest first. */
export const shownRuns = computed<Run[]>(() => runs.value.filter((run) => shownIds.value.has(run.id)));

/** Shows or hides runs by hand. Runs that begin later are shown all the same. */
export function setShown(ids: readonly string[], on: boolean): void {
  const shown = new Set(shownIds.peek());
  for (const id of ids) {
    if (on) shown.add(id);
    else shown.delete(id);
  }
  const all = runs.peek();
  const usual = shown.size === all.length && shown.size <= SHOWN_AT_FIRST;
  const short = shown.size > 0 && shown.size <= MOST_IN_ADDRESS;
  chosenUpTo.value = all[0]?.slot ?? null;
  // An empty choice, too, cannot be written into an address.
  ticked.value = usual || short ? new Map() : new Map(all.map((run) => [run.id, shown.has(run.id)]));
  show({ runs: null, runIds: short && !usual ? [...shown] : null });
}

export function showOnly(id: string): void {
  chosenUpTo.value = null;
  ticked.value = new Map();
  show({ runs: null, runIds: [id] });
}

export const hoveredRun = signal<string | null>(null);
