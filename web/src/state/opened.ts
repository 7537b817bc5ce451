import { signal } from "@preact/signals";
import type { MediaItem } from "./objects.ts";

export interface Opened {
  /** Media that lie together: of several runs, or in one cell. */
  items: readonly MediaItem[];
  /** The one that is looked at. */
  at: number;
  /** Whether these are all that a key has at a step, so that there are other steps to turn to. */
  steps: boolean;
}

/** Media opened over the page. */
export const opened = signal<Opened | null>(null);
