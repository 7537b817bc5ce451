import { computed, effect, signal } from "@preact/signals";
import { ApiError, fetchRunIds } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { page, project, show } from "./address.ts";
import { readFilter, textsOf } from "./filter-text.ts";
import { matching } from "./matching.ts";
import type { Pattern } from "./pattern.ts";
import { runChanges, runs } from "./runs.ts";

/** An expression is asked for once typing rests, and again when runs have changed. */
const TYPING_MS = 250;
const CHANGED_MS = 1_500;

export const runFilter = computed(() => page.value.runFilter);

export function setRunFilter(text: string): void {
  show({ runFilter: text });
}

const read = computed(() => readFilter(runFilter.value));
const expression = computed(() => (read.value.kind === "expression" ? read.value.text : null));

// Both as text, which compares by value: runs that log ask nothing anew.
const patternText = computed(() => JSON.stringify(read.value.kind === "pattern" ? read.value.pattern : null));
const runTexts = computed(() => (patternText.value === "null" ? "[]" : JSON.stringify([...new Set(runs.value.flatMap(textsOf))])));
const matches = matching(
  computed(() => JSON.parse(patternText.value) as Pattern | null),
  computed(() => JSON.parse(runTexts.value) as string[]),
);

interface Answer {
  project: string | null;
  text: string;
  ids: ReadonlySet<string> | null;
  error: string | null;
}

/** What the server said to the last expression; it holds until the next answer, so that nothing flickers. */
const answer = signal<Answer | null>(null);

async function ask(name: string, text: string): Promise<void> {
  const settle = (ids: ReadonlySet<string> | null, error: string | null): void => {
    if (expression.peek() === text && project.peek() === name) answer.value = { project: name, text, ids, error };
  };
  try {
    settle(new Set(await fetchRunIds(name, text)), null);
  } catch (error) {
    // Half an expression is wrong until it is whole: what the last one let through stays meanwhile.
    if (error instanceof ApiError) settle(answer.peek()?.project === name ? answer.peek()!.ids : null, error.message);
  }
}

let timer = 0;
effect(() => {
  const [name, text] = [project.value, expression.value];
  clearTimeout(timer);
  if (name === null || text === null || runChanges.value === 0) return;
  const known = answer.peek()?.text === text && answer.peek()?.project === name;
  timer = window.setTimeout(() => void ask(name, text), known ? CHANGED_MS : TYPING_MS);
});

export const runFilterError = computed(() => {
  if (read.value.kind === "wrong") return read.value.error;
  if (read.value.kind === "pattern") return matches.value.fault;
  return expression.value !== null && answer.value?.text === expression.value ? answer.value.error : null;
});

/** The runs that the filter lets through, newest first. */
export const filteredRuns = computed<Run[]>(() => {
  const { value } = read;
  if (value.kind === "none" || value.kind === "wrong") return runs.value;
  if (value.kind === "words") return runs.value.filter((run) => value.matches(run));
  if (value.kind === "pattern") {
    const { hits } = matches.value;
    return hits ? runs.value.filter((run) => textsOf(run).some((text) => hits.has(text))) : runs.value;
  }
  const ids = answer.value?.project === project.value ? answer.value?.ids : null;
  return ids ? runs.value.filter((run) => ids.has(run.id)) : runs.value;
});
