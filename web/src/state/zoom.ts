import type { View } from "../chart/index.ts";
import type { PageState } from "./url.ts";

/** What all charts and single ones show. */
export type Zoom = Pick<PageState, "xMin" | "xMax" | "views">;

export function zoomOf(state: Zoom, linked: boolean, metric: string): View | null {
  const own = state.views.get(metric);
  const { xMin, xMax } = state;
  const x = linked ? (xMin !== null && xMax !== null ? ([xMin, xMax] as [number, number]) : null) : (own?.x ?? null);
  const y = own?.y ?? null;
  return x || y ? { x, y } : null;
}

/** Returns the zoom once a chart shows `view`; where charts are linked, the others follow along x. */
export function zoomedTo(state: Zoom, linked: boolean, metric: string, view: View | null): Zoom {
  const views = new Map(state.views);
  const own: View = { x: linked ? null : (view?.x ?? null), y: view?.y ?? null };
  if (own.x || own.y) views.set(metric, own);
  else views.delete(metric);
  if (!linked) return { ...state, views };
  return { xMin: view?.x?.[0] ?? null, xMax: view?.x?.[1] ?? null, views };
}
