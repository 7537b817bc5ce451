import type { Alert } from "../api/types.ts";
import { placeOn } from "./alert-flags.ts";
import { runOf } from "./runs.ts";
import { xAxis } from "./settings.ts";
import type { PageState } from "./url.ts";

/** Returns what shows the run that gave an alert, with the cursor where it did. */
export function alertPlace(alert: Alert): Partial<PageState> {
  return { tab: "runs", selectedRun: alert.run, full: null, cursor: placeOn(xAxis.value, alert, runOf(alert.run)?.created ?? null) };
}
