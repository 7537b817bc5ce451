/** What an address says about how charts share cards, and in which order these come. */
export interface CardsView {
  /** Metrics that share a card, the first of each naming it. */
  merged: readonly (readonly string[])[];
  /** A pattern: metrics in which its groups hold the same share a card. */
  mergeBy: string;
  /** Metrics whose cards come first in their sections, in order. */
  order: readonly string[];
  /** Metrics that are worked out of others, without their sign. */
  formulas: readonly string[];
}

export const NO_CARDS_VIEW: CardsView = { merged: [], mergeBy: "", order: [], formulas: [] };

// A comma divides names, so one within a name is written otherwise.
const written = (name: string): string => name.replaceAll("%", "%25").replaceAll(",", "%2C");

function read(text: string): string {
  return text.replaceAll("%2C", ",").replaceAll("%25", "%");
}

const namesIn = (text: string): string[] => text.split(",").filter((name) => name !== "").map(read);

export function parseCardsView(fields: URLSearchParams): CardsView {
  return {
    merged: fields.getAll("merged").map(namesIn).filter((names) => names.length > 1),
    mergeBy: fields.get("merge_by") ?? "",
    order: namesIn(fields.get("order") ?? ""),
    formulas: [...new Set(fields.getAll("formula").filter((text) => text.trim() !== ""))],
  };
}

interface Fields {
  merged: string[];
  merge_by: string | null;
  order: string | null;
  formula: readonly string[];
}

export function cardsViewFields({ merged, mergeBy, order, formulas }: CardsView): Fields & Record<string, string | readonly string[] | null> {
  return {
    merged: merged.map((names) => names.map(written).join(",")),
    merge_by: mergeBy || null,
    order: order.map(written).join(",") || null,
    formula: formulas,
  };
}

/** Returns the metrics of each card, by the one that names it; those that come alone are left out. */
export function cardsOf(names: readonly string[], merged: CardsView["merged"], groups: ReadonlyMap<string, string> | null): Map<string, readonly string[]> {
  const there = new Set(names);
  const cards = new Map<string, readonly string[]>();
  const taken = new Set<string>();
  const add = (list: readonly string[]): void => {
    const free = list.filter((name) => there.has(name) && !taken.has(name));
    if (free.length < 2) return;
    cards.set(free[0]!, free);
    for (const name of free) taken.add(name);
  };
  for (const list of merged) add(list);
  const alike = new Map<string, string[]>();
  for (const name of names) {
    const group = groups?.get(name);
    if (group) alike.set(group, [...(alike.get(group) ?? []), name]);
  }
  for (const list of alike.values()) add(list);
  return cards;
}
