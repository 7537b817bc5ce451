import { effect } from "@preact/signals";
import { colourBy } from "./inks.ts";
import { needColumns, needWhole } from "./run-details.ts";
import { runLists, runsComplete } from "./runs.ts";
import { groupBy } from "./settings.ts";
import { shownRuns } from "./shown.ts";

/** Asks for what the page needs to know of runs beside what lists show of them. */
export function startAsking(): void {
  effect(() => needWhole(shownRuns.value.map((run) => run.id)));
  effect(() => {
    const by = colourBy.value;
    const ids = [...(groupBy.value === null ? [] : [`config:${groupBy.value}`]), ...(by.of === "column" ? [by.id] : [])];
    if (runLists.value > 0 && runsComplete.value) void needColumns(ids);
  });
}
