import { computed, signal } from "@preact/signals";
import type { Edit } from "../api/client.ts";
import type { Annotation } from "../api/types.ts";
import { project } from "./address.ts";
import { shared } from "./shared.ts";

/** One that is being written; without an id it is new. */
export type Draft = Pick<Annotation, "metric" | "first" | "last" | "text"> & { id: string | null };

// As text it compares by value: what else is shared moves no chart.
const heldText = computed(() => JSON.stringify(shared.value?.annotations ?? []));
/** All of the project, by step. */
export const annotations = computed(() => JSON.parse(heldText.value) as Annotation[]);

/** What is being written or changed. */
export const draft = signal<Draft | null>(null);
/** Whether all are listed. */
export const annotationsListed = signal(false);

/** Those that a chart of these metrics shows. */
export function annotationsOf(metrics: readonly string[]): Annotation[] {
  return annotations.value.filter((each) => each.metric === null || metrics.includes(each.metric));
}

/** Returns what is asked of the server to have one as it is given. */
export function annotating(where: string, { id, metric, first, last, text }: Draft): Edit {
  return { action: "annotate", project: where, annotation: id, metric, first, last, text };
}

export function deleting(where: string, id: string): Edit {
  return { action: "delete_annotation", project: where, annotation: id };
}

/** Begins to write at steps of a metric. */
export function write(metric: string, first: number, last = first): void {
  draft.value = { id: null, metric, first: Math.round(first), last: Math.round(last), text: "" };
}

/** What is written goes with its project. */
project.subscribe(() => {
  draft.value = null;
  annotationsListed.value = false;
});
