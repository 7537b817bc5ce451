import type { CardsView } from "./cards-view.ts";

/** Returns the merges once the cards of two metrics are one. */
export function joined(merged: CardsView["merged"], into: readonly string[], other: readonly string[]): CardsView["merged"] {
  const names = [...new Set([...into, ...other])];
  return [...merged.filter((list) => !list.some((name) => names.includes(name))), names];
}

/** Returns the order once a card of a section stands before another one, or behind it; what comes after both stays as it is. */
export function reordered(order: readonly string[], section: readonly string[], moved: string, target: string, behind: boolean): string[] {
  const rest = section.filter((name) => name !== moved);
  const at = rest.indexOf(target) + Number(behind);
  const next = [...rest.slice(0, at), moved, ...rest.slice(at)];
  const last = Math.max(...next.map((name, k) => (name === moved || order.includes(name) ? k : -1)));
  return [...order.filter((name) => !section.includes(name)), ...next.slice(0, last + 1)];
}
