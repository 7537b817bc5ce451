/** A span as it is drawn: times in seconds since the first of all, null where they are not known. */
export interface SpanRow {
  id: string;
  name: string;
  kind: string;
  depth: number;
  start: number | null;
  seconds: number | null;
  error: string | null;
  /** All that was logged of it. */
  span: Record<string, unknown>;
}

const SECONDS = 1e11;
const MILLIS = 1e14;
const MICROS = 1e17;

/** Returns a time in seconds: a number of seconds, ms, µs or ns since the epoch as its size tells, or a date as text. */
export function secondsOf(value: unknown): number | null {
  if (typeof value === "string") {
    const number = Number(value);
    if (value.trim() !== "" && Number.isFinite(number)) return secondsOf(number);
    const date = Date.parse(value);
    return Number.isNaN(date) ? null : date / 1000;
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const size = Math.abs(value);
  return value / (size < SECONDS ? 1 : size < MILLIS ? 1e3 : size < MICROS ? 1e6 : 1e9);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

function errorOf(span: Record<string, unknown>): string | null {
  if (span.error) return typeof span.error === "string" ? span.error : JSON.stringify(span.error);
  return span.status === "error" ? "failed" : null;
}

function lengthOf(span: Record<string, unknown>, start: number | null): number | null {
  const end = secondsOf(span.end_time);
  if (start !== null && end !== null) return Math.max(0, end - start);
  return typeof span.duration_ms === "number" ? span.duration_ms / 1000 : null;
}

function rowOf(span: Record<string, unknown>, depth: number, zero: number): SpanRow {
  const start = secondsOf(span.start_time);
  const id = textOf(span.id);
  return {
    id,
    name: textOf(span.name) || id || "span",
    kind: textOf(span.kind),
    depth,
    start: start === null ? null : start - zero,
    seconds: lengthOf(span, start),
    error: errorOf(span),
    span,
  };
}

/** Returns spans as a tree, parents before their children, these by their beginning; and how long all of it took, in seconds. */
export function spanRows(spans: readonly Record<string, unknown>[]): { rows: SpanRow[]; seconds: number } {
  const known = new Set(spans.map((span) => textOf(span.id)).filter((id) => id !== ""));
  const below = new Map<string, Record<string, unknown>[]>();
  for (const span of spans) {
    const parent = textOf(span.parent_id);
    const key = known.has(parent) && parent !== textOf(span.id) ? parent : "";
    below.set(key, [...(below.get(key) ?? []), span]);
  }
  const starts = spans.map((span) => secondsOf(span.start_time)).filter((start) => start !== null);
  const zero = starts.reduce((a, b) => Math.min(a, b), Infinity);
  const rows: SpanRow[] = [];
  const seen = new Set<Record<string, unknown>>();
  const walk = (span: Record<string, unknown>, depth: number): void => {
    if (seen.has(span)) return;
    seen.add(span);
    rows.push(rowOf(span, depth, zero));
    const id = textOf(span.id);
    if (id !== "") for (const child of ordered(below.get(id) ?? [])) walk(child, depth + 1);
  };
  for (const span of ordered(below.get("") ?? [])) walk(span, 0);
  // Spans that are each other's parents hang from nothing.
  for (const span of spans) walk(span, 0);
  return { rows, seconds: rows.reduce((end, row) => Math.max(end, (row.start ?? 0) + (row.seconds ?? 0)), 0) };
}

function ordered(spans: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const start = (span: Record<string, unknown>): number => secondsOf(span.start_time) ?? -Infinity;
  return spans.map((span, at) => ({ span, at })).sort((a, b) => (start(a.span) - start(b.span) || a.at - b.at)).map(({ span }) => span);
}
