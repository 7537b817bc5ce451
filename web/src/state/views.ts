import { ApiError, sendEdit } from "../api/client.ts";
import type { Edit } from "../api/client.ts";
import type { View } from "../api/types.ts";
import { page, project } from "./address.ts";
import { ignored, loadShared, savedFilters, savedViews, shared } from "./shared.ts";
import { say } from "./toasts.ts";
import { viewQuery } from "./view-query.ts";

/** Asks for an edit and tells of it with the way back; returns what the server said, null where it refused. */
export async function change(edit: Edit, what: string, undo: Edit | null): Promise<Record<string, unknown> | null> {
  try {
    const answer = await sendEdit(edit);
    await loadShared();
    if (what) say(what, undo && (() => void change(undo, "", null)));
    return answer;
  } catch (error) {
    say(error instanceof ApiError ? error.message : String(error), null, true);
    return null;
  }
}

function saving(view: View, part: Partial<Pick<View, "name" | "query">> = {}): Edit {
  const { id, kind, name, query } = { ...view, ...part };
  return { action: "save_view", project: view.project, view: id, kind, name, query };
}

const deleting = (view: Pick<View, "project" | "id">): Edit => ({ action: "delete_view", project: view.project, view: view.id });

/** Saves a view or a filter under a name; what had the name is overwritten. */
export async function save(kind: "view" | "filter", name: string, query: string): Promise<void> {
  const before = (kind === "view" ? savedViews : savedFilters).peek().find((each) => each.name === name);
  const where = project.peek();
  if (before) return overwrite(before, query);
  if (where === null) return;
  const answer = await change({ action: "save_view", project: where, view: null, kind, name, query }, "", null);
  const id = answer?.["view"];
  if (typeof id === "string") say(`Saved ${name}`, () => void change(deleting({ project: where, id }), "", null));
}

export async function overwrite(view: View, query: string): Promise<void> {
  await change(saving(view, { query }), `Overwrote ${view.name}`, saving(view));
}

export async function rename(view: View, name: string): Promise<void> {
  await change(saving(view, { name }), `Renamed ${view.name} to ${name}`, saving(view));
}

export async function remove(view: View): Promise<void> {
  await change(deleting(view), `Deleted ${view.name}`, saving(view));
}

/** Makes a view what is shown to those whose address says nothing but the project; null takes that back. */
export async function setDefault(view: View | null): Promise<void> {
  const where = project.peek();
  if (where === null) return;
  const before = shared.peek()?.default_view ?? null;
  const to = (id: string | null): Edit => ({ action: "set_default_view", project: where, view: id });
  await change(to(view?.id ?? null), view ? `${view.name} is shown first` : "No view is shown first", to(before));
}

/** Has comparisons leave out these keys, for everybody. */
export async function setIgnored(keys: readonly string[], what: string): Promise<void> {
  const where = project.peek();
  if (where === null) return;
  const to = (list: readonly string[]): Edit => ({ action: "set_ignored", project: where, keys: list });
  await change(to(keys), what, to(ignored.peek()));
}

/** The address that opens a saved view. */
export function linkTo(id: string): string {
  return new URL(`${location.pathname}?saved=${id}`, location.href).href;
}

/** Returns a short address of what is shown now; null where the server refused. */
export async function shortLink(): Promise<string | null> {
  const where = project.peek();
  if (where === null) return null;
  const answer = await change({ action: "save_view", project: where, view: null, kind: "link", name: "", query: viewQuery(page.peek()) }, "", null);
  return typeof answer?.["view"] === "string" ? linkTo(answer["view"]) : null;
}
