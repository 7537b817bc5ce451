import { computed, effect, signal } from "@preact/signals";
import { ApiError, fetchShared, fetchView } from "../api/client.ts";
import type { Shared, View } from "../api/types.ts";
import { fresh, page, project, show, showInstead } from "./address.ts";
import { natural } from "./natural.ts";
import { projectExists } from "./projects.ts";
import { streamReady } from "./ready.ts";
import { forgetTicks } from "./shown.ts";
import { say } from "./toasts.ts";
import { pageOfView, viewQuery } from "./view-query.ts";

/** What all who look at the project share; null until the first answer. */
export const shared = signal<Shared | null>(null);

function ofKind(kind: View["kind"]): View[] {
  const found = (shared.value?.views ?? []).filter((view) => view.kind === kind);
  return found.sort((a, b) => natural(a.name, b.name));
}

export const savedViews = computed(() => ofKind("view"));
export const savedFilters = computed(() => ofKind("filter"));

/** Keys and patterns of keys that comparisons leave out. */
export const ignored = computed(() => shared.value?.ignored ?? []);

// As text it compares by value: views that change move no chart.
const orderText = computed(() => JSON.stringify(shared.value?.plot_order ?? []));
/** Metrics and patterns of metrics whose charts come first. */
export const plotOrder = computed(() => JSON.parse(orderText.value) as string[]);

/** Shows a view in place of what is shown. */
export function openView(query: string): void {
  fresh.value = null;
  forgetTicks();
  show(pageOfView(query, page.peek()));
}

let generation = 0;

export async function loadShared(): Promise<void> {
  const name = project.peek();
  const mine = ++generation;
  if (name === null) return;
  const asOpened = viewQuery(page.peek());
  await streamReady;
  try {
    if (!(await projectExists(name))) return;
    const found = await fetchShared(name);
    if (mine !== generation) return;
    shared.value = found;
    const first = found.views.find((view) => view.id === found.default_view);
    // Who has begun to look at something else meanwhile is left to it.
    if (fresh.peek() === name && first && viewQuery(page.peek()) === asOpened) openView(first.query);
    fresh.value = null;
  } catch {
    // The lists of runs and metrics tell of an error; without its views a project is shown all the same.
  }
}

project.subscribe(() => {
  shared.value = null;
  void loadShared();
});

/** Opens the view whose id the address holds in place of all else. */
async function openSaved(id: string): Promise<void> {
  try {
    const view = await fetchView(id);
    if (page.peek().saved !== id) return;
    const filter = view.kind === "filter";
    const shown = { ...pageOfView(filter ? "" : view.query, page.peek()), project: view.project };
    showInstead(filter ? { ...shown, runFilter: view.query } : shown);
  } catch (error) {
    showInstead({ ...page.peek(), saved: null });
    say(error instanceof ApiError ? error.message : String(error), null, true);
  }
}

effect(() => {
  const id = page.value.saved;
  if (id !== null) void openSaved(id);
});
