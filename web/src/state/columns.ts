import type { Run } from "../api/types.ts";
import { configValue, configValues } from "./grouping.ts";
import { natural } from "./natural.ts";

/** What a column of a metric tells. */
export const FOLDS = ["last", "min", "max", "mean"] as const;
export type Fold = (typeof FOLDS)[number];

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

/** Returns the column of that id; undefined for what is none. */
export function columnOf(id: string): Column | undefined {
  if (Object.hasOwn(OF_RUN, id)) return { id, title: id.replace("_", " "), part: "run", field: id, value: OF_RUN[id]! };
  const [kind, name] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
  if (name === "") return undefined;
  if (kind === "config") {
    return { id, title: name, part: "config", field: `config.${name.split(".").map(quoted).join(".")}`, value: (run) => configValue(run.config, name) };
  }
  const fold = FOLDS.find((each) => each === kind);
  if (!fold) return undefined;
  const title = fold === "last" ? name : `${name} ${fold}`;
  return { id, title, part: "metric", field: `summary.${quoted(name)}.${fold}`, value: (run) => run.summary[name]?.[fold] };
}

export const NAME_COLUMN = columnOf("name")!;

export interface Known {
  config: string[];
  metrics: string[];
}

/** Returns the keys of configurations and the metrics that these runs have. */
export function knownColumns(runs: readonly Run[]): Known {
  const keys = new Set<string>();
  const metrics = new Set<string>();
  for (const run of runs) {
    for (const key of configValues(run.config).keys()) keys.add(key);
    for (const name in run.summary) metrics.add(name);
  }
  return { config: [...keys].sort(natural), metrics: [...metrics].sort(natural) };
}

/** Returns the ids of all columns that there can be, but for the name. */
export function columnIds({ config, metrics }: Known): string[] {
  return [
    ...Object.keys(OF_RUN).filter((id) => id !== "name"),
    ...metrics.flatMap((name) => FOLDS.map((fold) => `${fold}:${name}`)),
    ...config.map((key) => `config:${key}`),
  ];
}

/** Tells whether runs differ in a column. */
export function differs(runs: readonly Run[], column: Column): boolean {
  const first = JSON.stringify(runs[0] && column.value(runs[0])) ?? "null";
  return runs.some((run) => (JSON.stringify(column.value(run)) ?? "null") !== first);
}

/** Returns the columns of those who chose none: last values, then what differs in the configurations before what does not. */
export function automaticIds(runs: readonly Run[], { config, metrics }: Known): string[] {
  const ids = config.map((key) => `config:${key}`);
  const different = new Set(runs.length > 1 ? ids.filter((id) => differs(runs, columnOf(id)!)) : []);
  const has = (id: string): boolean => runs.some((run) => columnOf(id)!.value(run) !== null);
  return [
    "status",
    ...["group", "tags"].filter(has),
    "started",
    "duration",
    ...metrics.map((name) => `last:${name}`),
    ...ids.filter((id) => different.has(id)),
    ...ids.filter((id) => !different.has(id)),
  ].slice(0, MOST_AUTOMATIC);
}
