import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
  /** Whether what was done can be taken back. */
  undoable: boolean;
}

export const TOAST_MS = 10_000;
/** Changes that can be taken back one after another, longer than their messages stand. */
const MOST_UNDONE = 50;

/** What was done lately, the newest last. */
export const toasts = signal<readonly Toast[]>([]);
let undos: { id: number; undo: () => void }[] = [];
let count = 0;

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

/** Says what was done; `undo` takes it back. */
export function say(text: string, undo: (() => void) | null = null, bad = false): void {
  const id = ++count;
  toasts.value = [...toasts.value.slice(-2), { id, text, bad, undoable: undo !== null }];
  if (undo) undos = [...undos, { id, undo }].slice(-MOST_UNDONE);
  window.setTimeout(() => dismiss(id), TOAST_MS);
}

/** Takes back one change, or the last one that was not; tells whether there was any. */
export function takeBack(id: number | undefined = undos.at(-1)?.id): boolean {
  const found = undos.find((each) => each.id === id);
  if (!found) return false;
  undos = undos.filter((each) => each !== found);
  dismiss(found.id);
  found.undo();
  return true;
}
