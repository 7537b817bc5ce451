import { natural } from "./natural.ts";

export interface Section {
  title: string;
  names: string[];
}

/** Arranges names by what stands before the first `/`; those without one come first, under no title. */
export function sections(names: readonly string[]): Section[] {
  const found = new Map<string, string[]>();
  for (const name of [...names].sort(natural)) {
    const slash = name.indexOf("/");
    const title = slash > 0 ? name.slice(0, slash) : "";
    const section = found.get(title);
    if (section) section.push(name);
    else found.set(title, [name]);
  }
  return [...found].sort(([a], [b]) => Number(a !== "") - Number(b !== "") || natural(a, b)).map(([title, list]) => ({ title, names: list }));
}
