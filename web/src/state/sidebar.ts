import { computed, signal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { page, project, show } from "./address.ts";
import { groupRuns, matcher } from "./grouping.ts";
import { runs } from "./runs.ts";
import { folded, groupBy } from "./settings.ts";

const NARROW = window.matchMedia("(max-width: 700px)");
export const narrow = signal(NARROW.matches);
/** On narrow windows the runs lie in a drawer over the page. */
export const drawerOpen = signal(false);
NARROW.addEventListener("change", () => {
  narrow.value = NARROW.matches;
  drawerOpen.value = false;
});

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

export const runFilter = signal("");
project.subscribe(() => {
  runFilter.value = "";
});

const test = computed<{ matches: (text: string) => boolean; error: string | null }>(() => {
  try {
    return { matches: matcher(runFilter.value), error: null };
  } catch (error) {
    const text = runFilter.value.toLowerCase();
    // Half an expression is text until it is whole.
    const message = error instanceof Error ? error.message : String(error);
    return { matches: (name) => name.toLowerCase().includes(text), error: message };
  }
});
export const runFilterError = computed(() => test.value.error);

function words(run: Run): string[] {
  return [run.name, run.group ?? "", run.status, ...run.tags];
}

export const filteredRuns = computed<Run[]>(() => {
  if (runFilter.value === "") return runs.value;
  return runs.value.filter((run) => words(run).some((word) => word !== "" && test.value.matches(word)));
});

export interface GroupRow {
  kind: "group";
  id: string;
  title: string;
  runs: Run[];
  closed: boolean;
}
export type SidebarRow = GroupRow | { kind: "run"; id: string; run: Run };

export const sidebarRows = computed<SidebarRow[]>(() => {
  const by = groupBy.value;
  const asRow = (run: Run): SidebarRow => ({ kind: "run", id: run.id, run });
  if (by === null) return filteredRuns.value.map(asRow);
  return groupRuns(filteredRuns.value, by).flatMap((group): SidebarRow[] => {
    const title = group.value ?? `no ${by}`;
    const id = `runs:${project.value}:${by}:${title}`;
    const closed = folded.value.has(id);
    return [{ kind: "group", id, title, runs: group.runs, closed }, ...(closed ? [] : group.runs.map(asRow))];
  });
});
