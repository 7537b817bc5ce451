import { computed, signal } from "@preact/signals";
import { fetchRuns } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { page, project, show } from "./address.ts";

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

export async function loadRuns(): Promise<void> {
  const name = project.peek();
  const mine = ++generation;
  if (name === null) return;
  try {
    const found = await fetchRuns(name);
    if (mine !== generation) return;
    held.value = new Map(found.map((run) => [run.id, run]));
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
  if (mine.length === 0 || runsState.peek() !== "ready") return;
  const next = new Map(held.peek());
  for (const run of mine) next.set(run.id, run);
  held.value = next;
}

/** What was ticked or unticked by hand, over what the address or the rule says. */
const ticked = signal<ReadonlyMap<string, boolean>>(new Map());

// Another project: nothing of the last one holds any more.
project.subscribe(() => {
  held.value = new Map();
  ticked.value = new Map();
  runsState.value = "loading";
  void loadRuns();
});

const listed = computed<ReadonlySet<string> | null>(() => {
  const { runs: names, runIds } = page.value;
  if (names === null && runIds === null) return null;
  const wanted = new Set(names);
  const ids = new Set(runIds);
  return new Set(runs.value.filter((run) => ids.has(run.id) || wanted.has(run.name)).map((run) => run.id));
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

export function setShown(ids: readonly string[], on: boolean): void {
  const next = new Map(ticked.peek());
  for (const id of ids) next.set(id, on);
  ticked.value = next;
  const shown = [...shownIds.peek()];
  const all = shown.length === runs.peek().length && shown.length <= SHOWN_AT_FIRST;
  if (all || shown.length > MOST_IN_ADDRESS) {
    show({ runs: null, runIds: null });
    return;
  }
  // What is in the address now needs no second memory; an empty choice cannot be written there.
  show({ runs: null, runIds: shown.length > 0 ? shown : null });
  if (shown.length > 0) ticked.value = new Map();
}

export function showOnly(id: string): void {
  ticked.value = new Map();
  show({ runs: null, runIds: [id] });
}

export const hoveredRun = signal<string | null>(null);
