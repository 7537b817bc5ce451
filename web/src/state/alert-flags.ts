import type { Alert, Run } from "../api/types.ts";
import type { Flag, XAxis } from "../chart/index.ts";

/** Flags of alerts on one chart, at most: the newest. */
const MOST = 50;
const BEFORE = "alert:";

/** Returns the flags of the alerts that these runs gave at a step; `alerts` come newest first. */
export function alertFlags(alerts: readonly Alert[], runs: readonly Pick<Run, "id">[]): Flag[] {
  const shown = new Set(runs.map((run) => run.id));
  const found = alerts.filter((alert) => alert.step !== null && shown.has(alert.run)).slice(0, MOST);
  return found.map(({ id, run_name: name, level, title, step }) => ({
    id: BEFORE + id, first: step!, last: step!, text: `${level} of ${name}: ${title}`, tone: level,
  }));
}

/** Returns the alert that a flag stands for, if it stands for one. */
export function alertOf(flag: string, alerts: readonly Alert[]): Alert | null {
  return (flag.startsWith(BEFORE) && alerts.find((alert) => BEFORE + alert.id === flag)) || null;
}

/** Returns where on an axis an alert was given, by a run that was created at that time; null where that is not known. */
export function placeOn(axis: XAxis, { step, time }: Pick<Alert, "step" | "time">, created: number | null): number | null {
  if (axis === "step") return step;
  if (axis === "time") return time;
  return axis === "relative" && created !== null ? time - created : null;
}
