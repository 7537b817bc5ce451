import { signal } from "@preact/signals";
import { project } from "./address.ts";
import { newestIn } from "./logged.ts";
import { galleryItems } from "./objects.ts";
import type { MediaItem } from "./objects.ts";
import { opened } from "./opened.ts";

export { opened };

/** How two images are held against each other. */
export type Comparison = "wipe" | "difference" | "beside";

/** The image that the one looked at is compared with. */
export const held = signal<MediaItem | null>(null);
export const comparison = signal<Comparison>("wipe");

const isReady = ({ media }: MediaItem): boolean => media.state === "ready";

export function openMedia(items: readonly MediaItem[], item: MediaItem, steps: boolean): void {
  const ready = items.filter(isReady);
  const at = ready.indexOf(item);
  if (at >= 0) opened.value = { items: ready, at, steps };
}

export function closeMedia(): void {
  opened.value = null;
  held.value = null;
}

/** Looks at the next of those that lie together, or the one before. */
export function turn(by: number): void {
  const now = opened.peek();
  if (now) opened.value = { ...now, at: (now.at + by + now.items.length) % now.items.length };
}

let request = new AbortController();

/** Looks at the same run and part at another step; the others that lie together come along. */
export async function turnToStep(step: number | null): Promise<void> {
  const before = opened.peek();
  const item = before?.items[before.at];
  if (!before || !item) return;
  request.abort();
  request = new AbortController();
  const { signal: mine } = request;
  const runs = [...new Set(before.items.map((each) => each.run))];
  const objects = await newestIn({ project: project.peek() ?? "", key: item.key, runs, last: step }, mine);
  const items = runs.flatMap((run) => objects.filter((object) => object.run === run).flatMap(galleryItems)).filter(isReady);
  const same = items.findIndex((each) => each.run === item.run && each.part === item.part);
  const at = same >= 0 ? same : items.findIndex((each) => each.run === item.run);
  if (!mine.aborted && at >= 0 && opened.peek() !== null) opened.value = { ...before, items, at };
}
