import { signal } from "@preact/signals";

/** Ids of the runs that are being edited; empty while none is. */
export const editing = signal<readonly string[]>([]);
