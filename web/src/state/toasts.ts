import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
  /** Takes back what was done. */
  undo: (() => void) | null;
}

export const TOAST_MS = 10_000;

/** What was done lately, the newest last. */
export const toasts = signal<readonly Toast[]>([]);
let count = 0;

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

export function say(text: string, undo: (() => void) | null = null, bad = false): void {
  const id = ++count;
  toasts.value = [...toasts.value.slice(-2), { id, text, bad, undo }];
  window.setTimeout(() => dismiss(id), TOAST_MS);
}
