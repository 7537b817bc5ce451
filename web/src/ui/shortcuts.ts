import { openProject, page, project, selectedRun, show, tab } from "../state/address.ts";
import { editing } from "../state/edit-dialog.ts";
import { pick, pickedIds, pickNone, pinnedRunIds, pinRun } from "../state/picked.ts";
import { helpOpen, paletteOpen } from "../state/help.ts";
import { readOnly } from "../state/read-only.ts";
import { moveRunCursor, runAtHand } from "../state/run-cursor.ts";
import { settings } from "../state/settings.ts";
import { setShown, shownIds, showOnly } from "../state/shown.ts";
import { toggleSidebar } from "../state/sidebar.ts";
import { setTheme, theme } from "../state/theme.ts";
import { takeBack } from "../state/toasts.ts";
import type { Tab } from "../state/url.ts";
import { TITLES } from "./tabs.tsx";

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
  { key: "t", title: "Light or dark", act: () => setTheme(theme.peek() === "dark" ? "light" : "dark") },
  { key: "?", title: "These keys", act: () => { helpOpen.value = true; } },
  { key: "Escape", title: "Pick no run, or back to all runs", act: leave },
];

/** The second key after `g`, for going to a page. */
const KEYS: Record<Tab, string> = { charts: "c", runs: "r", media: "m", tables: "t", traces: "x", compare: "d", alerts: "a" };
export const PAGES: readonly (Shortcut & { tab: Tab | null })[] = [
  ...(Object.keys(TITLES) as Tab[]).map((to) => ({ key: KEYS[to], tab: to, title: TITLES[to], act: () => go(to) })),
  { key: "p", tab: null, title: "All projects", act: () => go(null) },
];

function go(to: Tab | null): boolean {
  if (to === null) openProject(null);
  else if (project.peek() === null) return false;
  else show({ tab: to, selectedRun: null, full: null });
  return true;
}

/** A key that waits for the second one no longer than this. */
const SECOND_MS = 1_500;

/** Keys with ctrl or ⌘, which work in fields, too. */
function command(event: KeyboardEvent): boolean {
  if (event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return false;
  if (event.key === "k") {
    paletteOpen.value = !paletteOpen.peek();
    return true;
  }
  return event.key === "z" && !inText(event) && takeBack();
}

function inText(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return Boolean(target?.closest("input:not([type=checkbox], [type=range]), select, textarea, [contenteditable], dialog, [popover]"));
}

export function listenForKeys(): () => void {
  let goes = -Infinity;
  const single = (event: KeyboardEvent): boolean => {
    if (event.ctrlKey || event.metaKey || event.altKey || inText(event) || page.peek().full !== null) return false;
    if (!settings.peek().keys && event.key.length === 1 && event.key !== "?") return false;
    const second = event.timeStamp - goes < SECOND_MS;
    goes = event.key === "g" && !second ? event.timeStamp : -Infinity;
    const shortcut = (second ? PAGES : SHORTCUTS).find((each) => each.key === event.key);
    return shortcut !== undefined && shortcut.act() !== false;
  };
  const press = (event: KeyboardEvent): void => {
    if (command(event) || single(event)) event.preventDefault();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
