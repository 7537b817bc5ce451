import { computed, signal } from "@preact/signals";
import { formatPage, parsePage } from "./url.ts";
import type { PageState } from "./url.ts";

/** What the address bar says, both ways. */
export const page = signal<PageState>(parsePage(location.search));

export const project = computed(() => page.value.project);
export const tab = computed(() => page.value.tab);
export const selectedRun = computed(() => page.value.selectedRun);
/** Names that an embedding page asked for, of every kind; null shows all. */
export const onlyMetrics = computed(() => page.value.metrics);

/** Embedded in another page to show these metrics and nothing around them. */
export const bare = computed(() => !page.value.navbar || (page.value.sidebar === "hidden" && page.value.metrics !== null));

window.addEventListener("popstate", () => {
  page.value = parsePage(location.search);
});

/** Changes what is shown; a place to come back to gets its own entry in the browser's history. */
export function show(part: Partial<PageState>): void {
  const before = page.value;
  const next = { ...before, ...part };
  const address = location.pathname + formatPage(next, location.search);
  const moved = next.project !== before.project || next.tab !== before.tab || next.selectedRun !== before.selectedRun;
  history[moved ? "pushState" : "replaceState"](null, "", address);
  page.value = next;
}

export function openProject(name: string | null): void {
  show({
    project: name,
    tab: "charts",
    metrics: null,
    metricFilter: "",
    runs: null,
    runIds: null,
    selectedRun: null,
    xMin: null,
    xMax: null,
  });
}

export function addressOfPage(part: Partial<PageState>): string {
  return location.pathname + formatPage({ ...page.value, ...part }, location.search);
}
