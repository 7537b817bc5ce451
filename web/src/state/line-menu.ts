import { signal } from "@preact/signals";

/** The line that a menu is open for, and where. */
export interface LineMenu {
  id: string;
  /** Empty where it is that of a run in a list. */
  metric: string;
  x: number;
  y: number;
}

export const lineMenu = signal<LineMenu | null>(null);

export function openLineMenu(menu: LineMenu): void {
  lineMenu.value = menu;
}
