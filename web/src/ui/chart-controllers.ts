import { project } from "../state/address.ts";
import { ChartController } from "./chart-controller.ts";

/** Charts that were on screen not long ago are drawn at once when they come back; those before them are asked for anew. */
const MOST_KEPT = 60;

const kept = new Map<string, ChartController>();

project.subscribe(() => kept.clear());

/** Returns the controller of a chart of metrics; `place` tells apart two charts of the same ones. */
export function controllerOf(metrics: readonly string[], place: "card" | "full"): ChartController {
  const key = `${place}:${metrics.join("\n")}`;
  const known = kept.get(key);
  const controller = known ?? new ChartController(metrics, place === "full");
  // The one asked for last goes last.
  kept.delete(key);
  kept.set(key, controller);
  if (kept.size > MOST_KEPT) {
    const oldest = [...kept].find(([, each]) => !each.attached);
    if (oldest) kept.delete(oldest[0]);
  }
  return controller;
}
