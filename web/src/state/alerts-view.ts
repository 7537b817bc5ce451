import type { Level } from "../api/types.ts";

/** What an address says about which alerts are listed. */
export interface AlertsView {
  /** Those that are less grave are left out. */
  leastLevel: Level;
  /** Id of the only run whose alerts are listed. */
  alertsOf: string | null;
}

const LEVELS: readonly Level[] = ["info", "warn", "error"];

export const NO_ALERTS_VIEW: AlertsView = { leastLevel: "info", alertsOf: null };

/** Returns a level and those that are graver. */
export function levelsFrom(least: Level): readonly Level[] {
  return LEVELS.slice(LEVELS.indexOf(least));
}

export function parseAlertsView(fields: URLSearchParams): AlertsView {
  return {
    leastLevel: LEVELS.find((level) => level === fields.get("level")) ?? "info",
    alertsOf: fields.get("alerts_of") || null,
  };
}

export function alertsViewFields({ leastLevel, alertsOf }: AlertsView): Record<string, string | null> {
  return { level: leastLevel === "info" ? null : leastLevel, alerts_of: alertsOf };
}
