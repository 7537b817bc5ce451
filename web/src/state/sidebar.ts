import { computed, signal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { page, project, show } from "./address.ts";
import { groupRuns } from "./grouping.ts";
import { pinnedRunIds } from "./picked.ts";
import { filteredRuns } from "./run-filter.ts";
import { sorted } from "./sorted.ts";
import { runOf } from "./runs.ts";
import { folded, groupBy } from "./settings.ts";

const NARROW = window.matchMedia("(max-width: 700px)");
export const narrow = signal(NARROW.matches);
/** On narrow windows the runs lie in a drawer over the page. */
export const drawerOpen = signal(false);
NARROW.addEventListener("change", () => {
  narrow.value = NARROW.matches;
  drawerOpen.value = false;
});

/** Whether the address says that there is none. */
export const sidebarHidden = computed(() => page.value.sidebar === "hidden");

export function toggleSidebar(): void {
  if (page.peek().sidebar === "hidden") return;
  if (narrow.peek()) drawerOpen.value = !drawerOpen.peek();
  else show({ sidebar: page.peek().sidebar === "shown" ? "collapsed" : "shown" });
}

export const sidebarShown = computed(() => {
  const { sidebar } = page.value;
  if (sidebar === "hidden") return false;
  return narrow.value ? drawerOpen.value : sidebar === "shown";
});

export interface GroupRow {
  kind: "group";
  id: string;
  /** As in state/grouping.ts. */
  value: string | null;
  title: string;
  runs: Run[];
  closed: boolean;
}
export type SidebarRow = GroupRow | { kind: "run"; id: string; run: Run };

// Computed apart, so that a zoom, which is in the address too, wakes nobody here.
export const order = computed(() => page.value.sort);
/** Id of the column whose value stands beside each run. */
export const beside = computed(() => page.value.beside);

/** Pinned runs first, whatever the filter; the others by group, where there are groups. */
export const sidebarRows = computed<SidebarRow[]>(() => {
  const by = groupBy.value;
  const pinned = pinnedRunIds.value;
  const asRow = (run: Run): SidebarRow => ({ kind: "run", id: run.id, run });
  const top = [...pinned].flatMap((id) => runOf(id) ?? []).map(asRow);
  const found = pinned.size > 0 ? filteredRuns.value.filter((run) => !pinned.has(run.id)) : filteredRuns.value;
  const rest = sorted(found, order.value);
  if (by === null) return [...top, ...rest.map(asRow)];
  const grouped = groupRuns(rest, by).flatMap((group): SidebarRow[] => {
    const title = group.value ?? `no ${by}`;
    const id = `runs:${project.value}:${by}:${title}`;
    const closed = folded.value.has(id);
    return [{ kind: "group", id, value: group.value, title, runs: group.runs, closed }, ...(closed ? [] : group.runs.map(asRow))];
  });
  return [...top, ...grouped];
});

/** Ids of the runs in the order of the list, without those in folded groups. */
export const sidebarOrder = computed<string[]>(() => sidebarRows.value.flatMap((row) => (row.kind === "run" ? [row.id] : [])));
