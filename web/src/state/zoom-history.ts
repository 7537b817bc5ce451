import type { View } from "../chart/index.ts";
import { page, project, show } from "./address.ts";
import { zoomedTo } from "./zoom.ts";
import type { Zoom } from "./zoom.ts";

const MOST_BACK = 100;
/** Changes closer together than this are one gesture. */
const GESTURE_MS = 800;

let past: Zoom[] = [];
let last = -Infinity;

function here(): Zoom {
  const { xMin, xMax, views } = page.peek();
  return { xMin, xMax, views };
}

/** Zooms one chart, or all; `through` says that it is a part of a gesture. */
export function zoomTo(metric: string, view: View | null, through: boolean, now = performance.now()): void {
  const before = here();
  const next = zoomedTo(before, page.peek().linked, metric, view);
  if (!through || now - last > GESTURE_MS) past = [...past, before].slice(-MOST_BACK);
  last = through ? now : -Infinity;
  show(next);
}

/** Goes back to what was shown before the last zoom. */
export function zoomBack(): void {
  const before = past.pop();
  if (before) show(before);
}

project.subscribe(() => {
  past = [];
});

/** Links or unlinks the charts along x; what a chart shows alone ends with it. */
export function setLinked(on: boolean): void {
  show({ linked: on, xMin: null, xMax: null, views: new Map(), follow: false });
}
