import { signal } from "@preact/signals";
import { page, project, selectedRun, show, tab } from "../state/address.ts";
import { editing } from "../state/edit-dialog.ts";
import { pick, pickedIds, pickNone, pinnedRunIds, pinRun } from "../state/picked.ts";
import { readOnly } from "../state/read-only.ts";
import { moveRunCursor, runAtHand } from "../state/run-cursor.ts";
import { settings } from "../state/settings.ts";
import { setShown, shownIds, showOnly } from "../state/shown.ts";
import { toggleSidebar } from "../state/sidebar.ts";

/** Whether the list of keys is open. */
export const helpOpen = signal(false);

function focus(testids: string): boolean {
  const field = document.querySelector<HTMLInputElement>(testids);
  field?.focus();
  field?.select();
  return field !== null;
}

/** Does something with the run under the pointer or the cursor; tells whether there is one. */
function withRun(act: (id: string) => unknown): boolean {
  const id = runAtHand();
  if (id !== null) act(id);
  return id !== null;
}

function editRuns(): boolean {
  if (readOnly) return false;
  const picked = [...pickedIds.peek()];
  if (picked.length > 0) editing.value = picked;
  return picked.length > 0 || withRun((id) => (editing.value = [id]));
}

function leave(): boolean {
  if (pickedIds.peek().size > 0) pickNone();
  else if (tab.peek() === "runs" && selectedRun.peek() !== null) show({ selectedRun: null });
  else return false;
  return true;
}

export interface Shortcut {
  key: string;
  title: string;
  /** Tells whether there was something to do. */
  act(): boolean | void;
}

/** Single keys of the whole page; they are text in fields. */
export const SHORTCUTS: readonly Shortcut[] = [
  { key: "j", title: "Next run", act: () => moveRunCursor(1) },
  { key: "k", title: "Previous run", act: () => moveRunCursor(-1) },
  { key: "o", title: "Open the run", act: () => withRun((id) => show({ tab: "runs", selectedRun: id })) },
  { key: "x", title: "Show or hide the run", act: () => withRun((id) => setShown([id], !shownIds.peek().has(id))) },
  { key: "s", title: "Show only the run", act: () => withRun(showOnly) },
  { key: "p", title: "Keep the run on top", act: () => withRun((id) => pinRun(id, !pinnedRunIds.peek().has(id))) },
  { key: "v", title: "Pick the run, to compare or change several", act: () => withRun((id) => pick([id], !pickedIds.peek().has(id))) },
  { key: "e", title: "Edit the run, or those picked", act: editRuns },
  { key: "c", title: "Compare the picked runs", act: () => project.peek() !== null && show({ tab: "compare", selectedRun: null }) },
  { key: "/", title: "Filter runs", act: () => focus("[data-testid=run-filter], [data-testid=runs-filter]") },
  { key: "m", title: "Filter metrics", act: () => focus("[data-testid=metric-filter]") },
  { key: "[", title: "Show or hide the list of runs", act: toggleSidebar },
  { key: "?", title: "These keys", act: () => { helpOpen.value = true; } },
  { key: "Escape", title: "Pick no run, or back to all runs", act: leave },
];

function inText(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return Boolean(target?.closest("input:not([type=checkbox], [type=range]), select, textarea, [contenteditable], dialog, [popover]"));
}

export function listenForKeys(): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || inText(event) || page.peek().full !== null) return;
    if (!settings.peek().keys && event.key.length === 1 && event.key !== "?") return;
    const shortcut = SHORTCUTS.find((each) => each.key === event.key);
    if (shortcut && shortcut.act() !== false) event.preventDefault();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
