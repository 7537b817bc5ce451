import { computed, signal } from "@preact/signals";
import { NO_ALERTS_VIEW } from "./alerts-view.ts";
import { NO_CARDS_VIEW } from "./cards-view.ts";
import { NO_RUNS_VIEW } from "./runs-view.ts";
import { formatPage, parsePage, saysNothing } from "./url.ts";
import type { PageState } from "./url.ts";

/** What the address bar says, both ways. */
export const page = signal<PageState>(parsePage(location.search));

/** The project that was opened without a word about how; null once something was said. */
export const fresh = signal<string | null>(saysNothing(location.search) ? page.peek().project : null);

export const project = computed(() => page.value.project);
/** A saved view is on its way. */
export const opening = computed(() => page.value.saved !== null);
export const tab = computed(() => page.value.tab);
export const selectedRun = computed(() => page.value.selectedRun);
/** Names that an embedding page asked for, of every kind; null shows all. */
export const onlyMetrics = computed(() => page.value.metrics);

/** In a frame of another page, with nothing around the charts. */
export const embed = computed(() => page.value.embed);

/** Embedded in another page to show these metrics and nothing around them. */
export const bare = computed(() => {
  const { navbar, sidebar, metrics } = page.value;
  return embed.value || !navbar || (sidebar === "hidden" && metrics !== null);
});

/** What links go on from: all that the address bar says, which a zoom on its way is not yet. */
const settled = signal(page.peek());

/** Browsers refuse to write an address more often than a few times a second. */
const WRITE_MS = 300;
let timer = 0;

window.addEventListener("popstate", () => {
  fresh.value = null;
  clearTimeout(timer);
  timer = 0;
  page.value = parsePage(location.search);
  settled.value = page.peek();
});

function address(next: PageState): string {
  return location.pathname + formatPage(next, location.search);
}

function write(): void {
  timer = 0;
  settled.value = page.peek();
  history.replaceState(null, "", address(page.peek()));
}

/** Changes what is shown; a place to come back to gets its own entry in the browser's history. */
export function show(part: Partial<PageState>): void {
  const before = page.peek();
  const next = { ...before, ...part };
  page.value = next;
  const moved = next.project !== before.project || next.tab !== before.tab || next.selectedRun !== before.selectedRun || next.full !== before.full;
  if (!moved) {
    if (timer === 0) timer = window.setTimeout(write, WRITE_MS);
    return;
  }
  if (timer !== 0) {
    clearTimeout(timer);
    timer = 0;
    history.replaceState(null, "", address(before));
  }
  settled.value = next;
  history.pushState(null, "", address(next));
}

/** Shows another page in the place of this one, which nobody is to come back to. */
export function showInstead(next: PageState): void {
  page.value = next;
  settled.value = next;
  history.replaceState(null, "", address(next));
}

export function openProject(name: string | null): void {
  fresh.value = name;
  show({
    ...NO_RUNS_VIEW,
    ...NO_CARDS_VIEW,
    ...NO_ALERTS_VIEW,
    project: name,
    tab: "charts",
    metrics: null,
    metricFilter: "",
    runs: null,
    runIds: null,
    selectedRun: null,
    xMin: null,
    xMax: null,
    views: new Map(),
    own: new Map(),
    cursor: null,
    full: null,
    sweep: null,
    sweepX: null,
    pinned: [],
    step: null,
    ownSteps: new Map(),
  });
}

export function addressOfPage(part: Partial<PageState>): string {
  return address({ ...settled.value, ...part });
}
