import { expect, test } from "vitest";
import { alertsViewFields, levelsFrom, NO_ALERTS_VIEW, parseAlertsView } from "./alerts-view.ts";

test("what an address says of alerts is read as it was written", () => {
  const view = { leastLevel: "warn", alertsOf: "r-1" } as const;
  expect(alertsViewFields(view)).toEqual({ level: "warn", alerts_of: "r-1" });
  expect(parseAlertsView(new URLSearchParams("level=warn&alerts_of=r-1"))).toEqual(view);
});

test("an address says nothing of alerts where all are listed, and an unknown level leaves none out", () => {
  expect(Object.values(alertsViewFields(NO_ALERTS_VIEW))).toEqual([null, null]);
  expect(parseAlertsView(new URLSearchParams("level=fatal"))).toEqual(NO_ALERTS_VIEW);
});

test("a level goes with those that are graver", () => {
  expect(levelsFrom("warn")).toEqual(["warn", "error"]);
  expect(levelsFrom("info")).toHaveLength(3);
});
