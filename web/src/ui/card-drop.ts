import { besideEachOther, merge, place } from "../state/card-edits.ts";
import type { Zone } from "./card-drag.ts";

/** This share of a card at each side puts another beside it. */
const SIDE = 0.25;

/** Returns where a card that is over another one would go. */
export function zoneAt(event: DragEvent, dragged: string, over: string): Zone {
  const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const at = (event.clientX - left) / width;
  if (!besideEachOther(dragged, over) || (at >= SIDE && at <= 1 - SIDE)) return "onto";
  return at < SIDE ? "before" : "behind";
}

export function drop(dragged: string, over: string, zone: Zone): void {
  if (zone === "onto") merge(over, dragged);
  else place(dragged, over, zone === "behind");
}
