import { signal } from "@preact/signals";

/** Whether the list of keys is open. */
export const helpOpen = signal(false);
/** Whether one can type what to find or do. */
export const paletteOpen = signal(false);
