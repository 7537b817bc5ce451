import { glob } from "./glob.ts";
import { natural } from "./natural.ts";

export interface Section {
  title: string;
  names: string[];
}

/** Returns the place of names in an order of names and patterns; those in none have none. */
function placesIn(order: readonly string[]): (name: string) => number {
  const tests = order.map(glob);
  return (name) => {
    const at = tests.findIndex((test) => test(name));
    return at < 0 ? order.length : at;
  };
}

/**
 * Arranges names by what stands before the first `/`: first what an order names, then those without a slash, under no title.
 * The order may name sections by any of their names; `own` puts names first within their sections, and moves no section.
 */
export function sections(names: readonly string[], order: readonly string[] = [], own: readonly string[] = []): Section[] {
  const place = placesIn(order);
  const first = new Map(own.map((name, k) => [name, k]));
  const rank = (name: string): number => first.get(name) ?? own.length;
  const sorted = names.map((name) => ({ name, at: place(name) })).sort((a, b) => rank(a.name) - rank(b.name) || a.at - b.at || natural(a.name, b.name));
  const found = new Map<string, { names: string[]; at: number }>();
  for (const { name, at } of sorted) {
    const slash = name.indexOf("/");
    const title = slash > 0 ? name.slice(0, slash) : "";
    const section = found.get(title);
    if (section) {
      section.names.push(name);
      section.at = Math.min(section.at, at);
    } else found.set(title, { names: [name], at });
  }
  return [...found]
    .sort(([a, x], [b, y]) => x.at - y.at || Number(a !== "") - Number(b !== "") || natural(a, b))
    .map(([title, section]) => ({ title, names: section.names }));
}
