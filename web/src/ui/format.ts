import { formatDuration, formatValue } from "../chart/index.ts";
import type { Run } from "../api/types.ts";
import { textOf } from "../state/natural.ts";

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export function ago(seconds: number, now = Date.now() / 1000): string {
  const past = now - seconds;
  for (const [unit, size] of UNITS) if (past >= size) return relative.format(-Math.floor(past / size), unit);
  return "just now";
}

export function moments(seconds: number): string {
  return moment.format(seconds * 1000);
}

export function durationOf(run: Run): string {
  const end = run.ended ?? (run.status === "running" ? Date.now() / 1000 : run.last_activity);
  return formatDuration(Math.max(0, end - run.started));
}

/** Any logged or configured value as one line of text. */
export function shortText(value: unknown): string {
  if (typeof value === "number") return formatValue(value);
  if (value === null || value === undefined) return "–";
  return textOf(value);
}

/** A number as it was given, for configurations: 1e-3 must not become 0.00100. */
export function exactText(value: unknown): string {
  return typeof value === "number" ? String(value) : shortText(value);
}

export function plural(n: number, one: string): string {
  return `${n.toLocaleString("en-US")} ${one}${n === 1 ? "" : "s"}`;
}

/** A measure of speed or cost, of which more than three digits would be noise. */
export function rough(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en-US", { maximumSignificantDigits: 3 });
}
