import { computed, signal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { page, project, selectedRun, show, tab } from "./address.ts";
import { pickedRuns, pinnedRunIds } from "./picked.ts";
import { filteredRuns } from "./run-filter.ts";
import { runOf, runs } from "./runs.ts";
import { MOST_IN_ADDRESS } from "./runs-view.ts";
import type { Top } from "./runs-view.ts";
import { topOf } from "./sorted.ts";

/** Without a choice the newest so many are drawn: more lines than that tell nothing. */
export const SHOWN_AT_FIRST = 50;
/** More columns than this cannot be compared by eye. */
export const MOST_COMPARED = 50;
const COMPARED_AT_FIRST = 8;

/** The newest run when runs were chosen by hand; null when the address alone chooses. */
const chosenUpTo = signal<number | null>(null);
/** What was ticked or unticked by hand, over what the address or the rule says. */
const ticked = signal<ReadonlyMap<string, boolean>>(new Map());

/** Forgets what was chosen by hand, so that the address alone chooses. */
export function forgetTicks(): void {
  ticked.value = new Map();
  chosenUpTo.value = null;
}

// Another project: nothing of the last one holds any more.
project.subscribe(forgetTicks);

// Computed apart, so that a zoom, which is in the address too, wakes nobody here.
const namesInAddress = computed(() => page.value.runs);
const idsInAddress = computed(() => page.value.runIds);
export const latest = computed(() => page.value.latest);
const topText = computed(() => JSON.stringify(page.value.top));
export const top = computed(() => JSON.parse(topText.value) as Top | null);
const grouped = computed(() => page.value.group !== null);

const listed = computed<ReadonlySet<string> | null>(() => {
  const [names, runIds] = [namesInAddress.value, idsInAddress.value];
  if (names === null && runIds === null) return null;
  const wanted = new Set(names);
  const ids = new Set(runIds);
  const later = chosenUpTo.value ?? Infinity;
  return new Set(runs.value.filter((run) => ids.has(run.id) || wanted.has(run.name) || run.slot > later).map((run) => run.id));
});

/** Of what the filter lets through the newest or the best, as many as the rule says, and those that are pinned. */
const byRule = computed<ReadonlySet<string>>(() => {
  const best = top.value;
  // In the mean of a group, every run of it counts.
  const newest = latest.value ?? (grouped.value ? Infinity : SHOWN_AT_FIRST);
  const found = best ? topOf(filteredRuns.value, best.sort, best.count) : filteredRuns.value.slice(0, newest);
  return new Set([...found.map((run) => run.id), ...pinnedRunIds.value]);
});

/** What would be drawn without a filter. */
const wanted = computed<ReadonlySet<string>>(() => {
  const base = listed.value ?? byRule.value;
  if (ticked.value.size === 0) return base;
  const ids = new Set(base);
  for (const [id, on] of ticked.value) {
    if (on) ids.add(id);
    else ids.delete(id);
  }
  return ids;
});

/** Ids of the runs that are drawn: wanted, and let through by the filter unless they are pinned. */
export const shownIds = computed<ReadonlySet<string>>(() => {
  if (filteredRuns.value === runs.value) return wanted.value;
  const ids = new Set(filteredRuns.value.filter((run) => wanted.value.has(run.id)).map((run) => run.id));
  for (const id of pinnedRunIds.value) if (wanted.value.has(id)) ids.add(id);
  return ids;
});

const drawnRuns = computed<Run[]>(() => runs.value.filter((run) => shownIds.value.has(run.id)));

/** The runs that are compared: those picked, or else the newest that are drawn. */
export const comparedRuns = computed<Run[]>(() => {
  const picked = pickedRuns.value;
  return picked.length > 0 ? picked.slice(0, MOST_COMPARED) : drawnRuns.value.slice(0, COMPARED_AT_FIRST);
});

/** The runs whose lines, media and tables are shown on this page, newest first. */
export const shownRuns = computed<Run[]>(() => {
  if (tab.value === "compare") return comparedRuns.value;
  const alone = tab.value === "runs" && selectedRun.value !== null ? runOf(selectedRun.value) : undefined;
  return alone ? [alone] : drawnRuns.value;
});

/** Shows or hides runs by hand. Runs that begin later are shown all the same. */
export function setShown(ids: readonly string[], on: boolean): void {
  const shown = new Set(wanted.peek());
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
  show({ runs: null, runIds: short && !usual ? [...shown] : null, latest: null, top: null });
}

export function invertShown(): void {
  const found = filteredRuns.peek();
  const before = shownIds.peek();
  const off = found.filter((run) => before.has(run.id)).map((run) => run.id);
  setShown(found.map((run) => run.id), true);
  setShown(off, false);
}

export function showOnly(...ids: string[]): void {
  forgetTicks();
  show({ runs: null, runIds: ids, latest: null, top: null });
}

/** Draws the newest so many from now on, whichever these are; null goes back to the usual number. */
export function showLatest(count: number | null): void {
  forgetTicks();
  show({ runs: null, runIds: null, latest: count, top: null });
}

/** Draws the best so many from now on, whichever these are; null goes back to the usual number of the newest. */
export function showTop(rule: Top | null): void {
  forgetTicks();
  show({ runs: null, runIds: null, latest: null, top: rule });
}

/** The run that the pointer is on, in any list or chart. */
export const hoveredRun = signal<string | null>(null);
