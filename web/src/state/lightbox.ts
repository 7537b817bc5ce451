import { signal } from "@preact/signals";
import type { MediaItem } from "./objects.ts";

/** Media opened over the page: those that lie together, and which of them is looked at. */
export const opened = signal<{ items: readonly MediaItem[]; at: number } | null>(null);

export function openMedia(items: readonly MediaItem[], item: MediaItem): void {
  const ready = items.filter((each) => each.media.state === "ready");
  const at = ready.indexOf(item);
  if (at >= 0) opened.value = { items: ready, at };
}

export function turn(by: number): void {
  const now = opened.peek();
  if (now) opened.value = { ...now, at: (now.at + by + now.items.length) % now.items.length };
}
