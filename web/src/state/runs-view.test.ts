import { expect, it } from "vitest";
import { NO_RUNS_VIEW, parseRunsView, runsViewFields } from "./runs-view.ts";
import type { RunsView } from "./runs-view.ts";

function through(view: RunsView): RunsView {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(runsViewFields(view))) {
    for (const each of typeof value === "string" ? [value] : (value ?? [])) fields.append(name, each);
  }
  return parseRunsView(fields);
}

it("comes back from an address as it went in", () => {
  const view: RunsView = {
    colourBy: "config:lr", runFilter: 'config.lr < 0.1 and "a,b"', latest: 5, top: { count: 3, sort: { column: "min:a:b", descending: true } }, beside: "last:val/loss", pinnedRuns: ["p"], picked: ["a", "b"],
    sort: [{ column: "last:val/loss", descending: true }, { column: "config:lr", descending: false }],
    columns: ["status", "last:a,b"], differing: true, heat: true, baseline: "a", same: true,
  };
  expect(through(view)).toEqual(view);
  expect(through(NO_RUNS_VIEW)).toEqual(NO_RUNS_VIEW);
});

it("takes no nonsense from an address", () => {
  for (const latest of ["0", "-1", "1.5", "x"]) expect(parseRunsView(new URLSearchParams({ latest })).latest).toBeNull();
  for (const top of ["5", "0:last:a", "-1:last:a", "x:last:a", "5:"]) expect(parseRunsView(new URLSearchParams({ top })).top).toBeNull();
});

it("leaves out more picked runs than an address holds", () => {
  expect(through({ ...NO_RUNS_VIEW, picked: Array.from({ length: 60 }, (_, at) => `r${at}`) }).picked).toEqual([]);
});
