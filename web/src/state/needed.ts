import { computed, effect } from "@preact/signals";
import { colourBy } from "./inks.ts";
import { areKnown, needColumns, needWhole } from "./run-details.ts";
import { runLists, runsComplete, wholeRunOf } from "./runs.ts";
import { groupBy } from "./settings.ts";
import { shownRuns, top } from "./shown.ts";
import { beside, order } from "./sidebar.ts";

/** Of more runs than this only what is drawn of them is asked for. */
const MOST_WHOLE = 500;

const manyShown = computed(() => shownRuns.value.length > MOST_WHOLE);

/** Asks for columns of all runs, again when the list of runs was fetched anew; for use in an effect. */
export function needOfAll(ids: Iterable<string>): void {
  if (runLists.value > 0 && runsComplete.value) void needColumns(ids);
}

/** Asks for columns of what is drawn where that is too much to be known whole; for use in an effect. */
export function needOfDrawn(ids: Iterable<string>): void {
  if (manyShown.value) needOfAll(ids);
}

/** Columns that tell which of the runs have a metric, how much of it, and what it is now. */
export function ofMetric(name: string): string[] {
  return ["count", "last_step", "last"].map((kind) => `${kind}:${name}`);
}

/** Whether it is known which of the runs shown have a metric, and in which groups they are. */
export function isKnownOfDrawn(metric: string): boolean {
  const by = groupBy.value;
  if (by !== null && !runsComplete.value) return false;
  if (manyShown.value) return areKnown([...ofMetric(metric), ...(by === null ? [] : [`config:${by}`])]);
  return shownRuns.value.every((run) => wholeRunOf(run.id) !== undefined);
}

/** Asks for what lists and charts need to know of runs. */
export function startAsking(): void {
  effect(() => {
    if (!manyShown.value) needWhole(shownRuns.value.map((run) => run.id));
  });
  effect(() => {
    const [by, group] = [colourBy.value, groupBy.value];
    const sorts = [...order.value, ...(top.value ? [top.value.sort] : [])];
    const ids = [group !== null && `config:${group}`, by.of === "column" && by.id, beside.value, ...sorts.map(({ column }) => column)];
    needOfAll(ids.filter((id) => typeof id === "string"));
  });
}
