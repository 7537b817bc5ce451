import { computed, signal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { page, project, show } from "./address.ts";
import { runOf } from "./runs.ts";
import { MOST_IN_ADDRESS } from "./runs-view.ts";

// Computed apart, so that a zoom, which is in the address too, wakes nobody here.
const inAddress = computed(() => page.value.picked);
const pinnedInAddress = computed(() => page.value.pinnedRuns);

/** Ids of runs picked to do something with them together. */
export const pickedIds = computed<ReadonlySet<string>>(() => new Set(inAddress.value));

export const pickedRuns = computed<Run[]>(() => [...pickedIds.value].flatMap((id) => runOf(id) ?? []));

/** Where a range begins that is picked with shift. */
const anchor = signal<string | null>(null);
project.subscribe(() => {
  anchor.value = null;
});

export function pick(ids: readonly string[], on: boolean): void {
  const next = new Set(pickedIds.peek());
  for (const id of ids) {
    if (on) next.add(id);
    else next.delete(id);
  }
  anchor.value = ids.at(-1) ?? null;
  show({ picked: [...next] });
}

/** Picks everything from where the last pick was to `id`, in the order of `list`. */
export function pickThrough(id: string, list: readonly string[]): void {
  const [from, to] = [list.indexOf(anchor.peek() ?? id), list.indexOf(id)];
  pick(from < 0 || to < 0 ? [id] : list.slice(Math.min(from, to), Math.max(from, to) + 1), true);
  anchor.value = id;
}

export function pickNone(): void {
  anchor.value = null;
  show({ picked: [] });
}

/** Ids of runs kept on top of every list, whatever the filter. */
export const pinnedRunIds = computed<ReadonlySet<string>>(() => new Set(pinnedInAddress.value));

export function pinRun(id: string, on: boolean): void {
  const rest = page.peek().pinnedRuns.filter((other) => other !== id);
  show({ pinnedRuns: on ? [...rest, id].slice(-MOST_IN_ADDRESS) : rest });
}
