import { useState } from "preact/hooks";

/** Where a card that is dragged would go: before the one that it is over, behind it, or onto it. */
export type Zone = "before" | "behind" | "onto";

let dragged: string | null = null;
let dropping: typeof import("./card-drop.ts") | null = null;

export function startDrag(event: DragEvent, metric: string): void {
  dragged = metric;
  event.dataTransfer!.effectAllowed = "move";
  event.dataTransfer!.setData("text/plain", metric);
  void import("./card-drop.ts").then((file) => (dropping = file));
}

export function endDrag(): void {
  dragged = null;
}

/** Takes other cards that are dropped on the card of a metric: beside it they change places, onto it they share it. */
export function useDrop(metric: string) {
  const [zone, setZone] = useState<Zone | null>(null);
  const zoneOf = (event: DragEvent): Zone | null => (dragged === null || dragged === metric ? null : (dropping?.zoneAt(event, dragged, metric) ?? null));
  const handlers = {
    onDragOver: (event: DragEvent): void => {
      const found = zoneOf(event);
      setZone(found);
      if (found) event.preventDefault();
    },
    onDragLeave: (event: DragEvent): void => {
      if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) setZone(null);
    },
    onDrop: (event: DragEvent): void => {
      const found = zoneOf(event);
      setZone(null);
      if (!found || dragged === null) return;
      event.preventDefault();
      dropping?.drop(dragged, metric, found);
    },
  };
  return { zone, handlers };
}
