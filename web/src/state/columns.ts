import type { Run } from "../api/types.ts";
import { configValue, flattened } from "./grouping.ts";
import { natural } from "./natural.ts";

export interface Column {
  id: string;
  title: string;
  part: "run" | "config" | "metric";
  value(run: Run): unknown;
}

const ended = (run: Run): number => run.ended ?? run.last_activity;

const RUN_COLUMNS: readonly Column[] = [
  { id: "status", title: "status", part: "run", value: (run) => run.status },
  { id: "group", title: "group", part: "run", value: (run) => run.group },
  { id: "started", title: "started", part: "run", value: (run) => run.started },
  { id: "duration", title: "duration", part: "run", value: (run) => ended(run) - run.started },
];

export const NAME_COLUMN: Column = { id: "name", title: "name", part: "run", value: (run) => run.name };

function differs(runs: readonly Run[], key: string): boolean {
  const first = JSON.stringify(configValue(runs[0]!.config, key));
  return runs.some((run) => JSON.stringify(configValue(run.config, key)) !== first);
}

/** Returns the columns for these runs: what differs in their configurations before what does not, then last values. */
export function columnsOf(runs: readonly Run[]): Column[] {
  const keys = new Set<string>();
  const metrics = new Set<string>();
  for (const run of runs) {
    for (const [key] of flattened(run.config)) keys.add(key);
    for (const name in run.summary) metrics.add(name);
  }
  const named = [...keys].sort(natural);
  const different = new Set(named.filter((key) => differs(runs, key)));
  const config = [...named.filter((key) => different.has(key)), ...named.filter((key) => !different.has(key))];
  const grouped = runs.some((run) => run.group !== null);
  return [
    ...RUN_COLUMNS.filter((column) => grouped || column.id !== "group"),
    ...[...metrics].sort(natural).map((name): Column => ({ id: `metric:${name}`, title: name, part: "metric", value: (run) => run.summary[name]?.last })),
    ...config.map((key): Column => ({ id: `config:${key}`, title: key, part: "config", value: (run) => configValue(run.config, key) })),
  ];
}
