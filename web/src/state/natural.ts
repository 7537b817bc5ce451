const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Orders as people do: `layer.2` before `layer.10`. */
export function natural(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Orders values of any kind: numbers by size, the rest as text, what is missing last. */
export function byValue(a: unknown, b: unknown): number {
  const missing = Number(isMissing(a)) - Number(isMissing(b));
  if (missing !== 0 || isMissing(a)) return missing;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return natural(textOf(a), textOf(b));
}

export function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));
}

export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined) return "";
  return JSON.stringify(value) ?? "";
}
