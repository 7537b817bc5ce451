import { computed } from "@preact/signals";
import { page, project, show } from "./address.ts";
import { set, settings } from "./settings.ts";

/** Metrics kept on top: those that the address names, or else this reader's own. */
export const pinnedMetrics = computed<readonly string[]>(() => {
  const named = page.value.pinned;
  return named.length > 0 ? named : (settings.value.pinned[project.value ?? ""] ?? []);
});

export function pin(metric: string, on: boolean): void {
  const rest = pinnedMetrics.peek().filter((other) => other !== metric);
  setPinned(on ? [...rest, metric] : rest);
}

/** Keeps these on top, in this order. */
export function setPinned(next: string[]): void {
  set({ pinned: { ...settings.peek().pinned, [project.peek() ?? ""]: next } });
  show({ pinned: next });
}
