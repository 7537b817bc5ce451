import type { ConfigKey, MetricSummary, Run } from "../api/types.ts";
import { configValue } from "./grouping.ts";

/** What a column of a metric tells. */
export const FOLDS = ["last", "min", "max", "mean"] as const;
export type Fold = (typeof FOLDS)[number];
/** How a column can show a metric: as one of these numbers, or as its line, sorted by its last value. */
export const SHAPES = [...FOLDS, "line"] as const;
/** What charts need to know of a metric beside these. */
const COUNTS = ["count", "last_step"] as const;

export interface Column {
  /** `started`, `config:optimizer.lr`, `min:val/loss`: as addresses have it. */
  id: string;
  title: string;
  part: "run" | "config" | "metric";
  /** Its name in the server's language of filters and sorting. */
  field: string;
  value(run: Run): unknown;
}

const ended = (run: Run): number => run.ended ?? run.last_activity;

const OF_RUN: Record<string, (run: Run) => unknown> = {
  name: (run) => run.name,
  status: (run) => run.status,
  group: (run) => run.group,
  tags: (run) => (run.tags.length > 0 ? run.tags : null),
  notes: (run) => run.notes || null,
  started: (run) => run.started,
  duration: (run) => ended(run) - run.started,
  last_activity: (run) => run.last_activity,
  rows: (run) => run.rows,
  user: (run) => run.user,
  host: (run) => run.host,
  error: (run) => run.error,
  id: (run) => run.id,
};
const MOST_AUTOMATIC = 40;

const quoted = (text: string): string => (/^[\w/-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`);

/** The server takes so many parts of a name, none of them empty; any other name is one part. */
const MOST_PARTS = 12;

function partsOf(name: string): string[] {
  const parts = name.split(".");
  return parts.length > MOST_PARTS || parts.includes("") ? [name] : parts;
}

/** Returns the column of that id; undefined for what is none. */
export function columnOf(id: string): Column | undefined {
  if (Object.hasOwn(OF_RUN, id)) return { id, title: id.replace("_", " "), part: "run", field: id, value: OF_RUN[id]! };
  const [kind, name] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
  if (name === "") return undefined;
  if (kind === "config") {
    return { id, title: name, part: "config", field: `config.${partsOf(name).map(quoted).join(".")}`, value: (run) => configValue(run.config, name) };
  }
  const shape = [...SHAPES, ...COUNTS].find((each) => each === kind);
  if (!shape) return undefined;
  const title = shape === "last" ? name : `${name} ${shape}`;
  const fold = shape === "line" ? "last" : shape;
  return { id, title, part: "metric", field: `summary.${quoted(name)}.${fold}`, value: (run) => run.summary[name]?.[fold] };
}

export const NAME_COLUMN = columnOf("name")!;

/** Returns the metric whose line a column shows; null for all others. */
export function lineIn(column: Column): string | null {
  return column.id.startsWith("line:") ? column.id.slice("line:".length) : null;
}

/** Whether lists of runs tell of it; other values are asked for. */
export function isListed({ id, part }: Column): boolean {
  return part === "run" && id !== "user" && id !== "host";
}

const UNKNOWN: MetricSummary = { last: null, min: null, max: null, mean: null, count: 0, last_step: null };

/** Returns a run with what it has in columns. */
export function withValues(run: Run, columns: readonly Column[], values: readonly unknown[]): Run {
  const next = { ...run, config: { ...run.config }, summary: { ...run.summary } };
  columns.forEach(({ id, part }, at) => {
    const value = values[at];
    if (value === null || value === undefined) return;
    const [kind, name] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
    if (part === "config") next.config[name] = value;
    else if (part === "metric") next.summary[name] = { ...UNKNOWN, ...next.summary[name], [kind === "line" ? "last" : kind]: value as number };
    else Object.assign(next, { [id]: value });
  });
  return next;
}

/** What runs of a project have: keys of configurations and metrics, each in the order of people. */
export interface Known {
  config: readonly ConfigKey[];
  metrics: readonly string[];
}

/** Returns the ids of all columns that there can be, but for the name. */
export function columnIds({ config, metrics }: Known): string[] {
  return [
    ...Object.keys(OF_RUN).filter((id) => id !== "name"),
    ...metrics.flatMap((name) => SHAPES.map((shape) => `${shape}:${name}`)),
    ...config.map(({ name }) => `config:${name}`),
  ];
}

/** Tells whether runs differ in a column. */
export function differs(runs: readonly Run[], column: Column): boolean {
  const first = JSON.stringify(runs[0] && column.value(runs[0])) ?? "null";
  return runs.some((run) => (JSON.stringify(column.value(run)) ?? "null") !== first);
}

/** Returns the columns of those who chose none: last values, then what differs in the configurations before what does not. */
export function automaticIds(runs: readonly Run[], { config, metrics }: Known): string[] {
  const has = (id: string): boolean => runs.some((run) => columnOf(id)!.value(run) !== null);
  const several = runs.length > 1;
  return [
    "status",
    ...["group", "tags"].filter(has),
    "started",
    "duration",
    ...metrics.map((name) => `last:${name}`),
    ...config.filter(({ same }) => several && !same).map(({ name }) => `config:${name}`),
    ...config.filter(({ same }) => !several || same).map(({ name }) => `config:${name}`),
  ].slice(0, MOST_AUTOMATIC);
}
