import { computed, signal } from "@preact/signals";
import { fetchMetrics } from "../api/client.ts";
import type { Kind, Metric } from "../api/types.ts";
import { onlyMetrics, page, project } from "./address.ts";
import { matching } from "./matching.ts";
import { natural } from "./natural.ts";
import { projectExists } from "./projects.ts";
import { streamReady } from "./ready.ts";
import { runs } from "./runs.ts";

/** null until the first answer. */
const listed = signal<Metric[] | null>(null);
export const metricsError = signal<string | null>(null);

let generation = 0;

export async function loadMetrics(): Promise<void> {
  const name = project.peek();
  const mine = ++generation;
  if (name === null) return;
  try {
    await streamReady;
    const found = (await projectExists(name)) ? await fetchMetrics(name) : [];
    if (mine !== generation) return;
    listed.value = found;
    metricsError.value = null;
  } catch (error) {
    if (mine !== generation) return;
    metricsError.value = error instanceof Error ? error.message : String(error);
  }
}

project.subscribe(() => {
  listed.value = null;
  metricsError.value = null;
  void loadMetrics();
});

const scalars = computed<string>(() => {
  // A string compares by value, so a run that logs the same names again wakes nobody.
  const names = new Set<string>();
  for (const metric of listed.value ?? []) if (metric.kind === "scalar") names.add(metric.name);
  for (const run of runs.value) for (const name in run.summary) names.add(name);
  return JSON.stringify([...names].sort(natural));
});

/** Every metric that can be an axis, whatever is shown. */
export const axisNames = computed<string[]>(() => JSON.parse(scalars.value) as string[]);

// Computed apart, so that a zoom, which is in the address too, wakes nobody here.
const filter = computed(() => page.value.metricFilter);
// As text, which compares by value.
const allNames = computed(() => JSON.stringify([...new Set([...axisNames.value, ...(listed.value ?? []).map((metric) => metric.name)])]));
const matches = matching(
  computed(() => ({ source: filter.value, flags: "" })),
  computed(() => JSON.parse(allNames.value) as string[]),
);
/** What is wrong with the filter of metrics, if anything; it then lets all of them through. */
export const metricFilterError = computed(() => matches.value.fault);

export const metricsReady = computed(() => (listed.value !== null && !matches.value.pending) || metricsError.value !== null);

function wanted(name: string): boolean {
  const only = onlyMetrics.value;
  if (only !== null && !only.includes(name)) return false;
  return matches.value.hits?.has(name) ?? !matches.value.pending;
}

/** Returns the metric that tells most likely how good a run is: the first of validation, or the first there is. */
export function likelyResult(): string | null {
  const names = axisNames.peek();
  return names.find((name) => /^(val|eval|test)/.test(name)) ?? names[0] ?? null;
}

export const scalarNames = computed<string[]>(() => (JSON.parse(scalars.value) as string[]).filter(wanted));

function namesOf(...kinds: Kind[]): string[] {
  const found = (listed.value ?? []).filter((metric) => kinds.includes(metric.kind) && wanted(metric.name));
  return [...new Set(found.map((metric) => metric.name))].sort(natural);
}

/** What the media page shows. */
export const MEDIA_KINDS: readonly Kind[] = ["image", "video", "audio", "html", "object3d"];

/** What the project logged, whatever is shown of it. */
export const loggedKinds = computed<ReadonlySet<Kind>>(() => new Set((listed.value ?? []).map((metric) => metric.kind)));

export const mediaKeys = computed(() => namesOf(...MEDIA_KINDS));
export const traceKeys = computed(() => namesOf("trace"));
export const tableKeys = computed(() => namesOf("table"));
export const histogramKeys = computed(() => namesOf("histogram"));
export const valueKeys = computed(() => namesOf("value"));

/** Whether the list lacks one of these keys, so that it must be fetched again. */
export function lacksKey(keys: readonly string[]): boolean {
  const known = new Set((listed.peek() ?? []).map((metric) => metric.name));
  return keys.some((key) => !known.has(key));
}
