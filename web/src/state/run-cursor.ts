import { computed, signal } from "@preact/signals";
import { project, selectedRun, show, tab } from "./address.ts";
import { filteredRuns } from "./run-filter.ts";
import { sidebarOrder, sidebarShown } from "./sidebar.ts";
import { hoveredRun } from "./shown.ts";

/** Ids of the runs in the order of the table on this page; null where there is none. */
export const tableOrder = signal<readonly string[] | null>(null);

const order = computed<readonly string[]>(
  () => tableOrder.value ?? (sidebarShown.value ? sidebarOrder.value : filteredRuns.value.map((run) => run.id)),
);

/** The run that keys act on, once they were used to get there. */
export const cursorRun = signal<string | null>(null);
project.subscribe(() => {
  cursorRun.value = null;
});

/** The run that keys act on: the one under the pointer before the one that keys led to. */
export function runAtHand(): string | null {
  return hoveredRun.peek() ?? cursorRun.peek() ?? (tab.peek() === "runs" ? selectedRun.peek() : null);
}

/** Goes to the next run, or by more; on a run's own page, to the page of the next. */
export function moveRunCursor(by: number): void {
  const ids = order.peek();
  if (ids.length === 0) return;
  const onPage = tab.peek() === "runs" && selectedRun.peek() !== null;
  const at = ids.indexOf((onPage ? selectedRun.peek() : cursorRun.peek()) ?? "");
  const next = ids[at < 0 ? (by > 0 ? 0 : ids.length - 1) : Math.max(0, Math.min(ids.length - 1, at + by))]!;
  cursorRun.value = next;
  hoveredRun.value = next;
  if (onPage) show({ selectedRun: next });
}
