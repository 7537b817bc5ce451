import type { Run } from "../api/types.ts";
import { isMissing, byValue, textOf } from "./natural.ts";

export interface RunGroup {
  /** What its runs have in common, as text; null for those that lack it. */
  value: string | null;
  runs: Run[];
}

/** Puts nested configuration on one level: `{model: {depth: 3}}` has the key `model.depth`. */
export function flattened(config: Record<string, unknown>, prefix = ""): [string, unknown][] {
  return Object.entries(config).flatMap(([name, value]): [string, unknown][] => {
    const key = prefix + name;
    const nested = typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    return nested ? flattened(value as Record<string, unknown>, `${key}.`) : [[key, value]];
  });
}

/** A run that is told of again comes with a new configuration, so one is put on one level once. */
const levelled = new WeakMap<object, ReadonlyMap<string, unknown>>();

/** Returns the values of a configuration by their keys on one level, in their order. */
export function configValues(config: Record<string, unknown>): ReadonlyMap<string, unknown> {
  const known = levelled.get(config);
  if (known) return known;
  const made = new Map(flattened(config));
  levelled.set(config, made);
  return made;
}

export function configValue(config: Record<string, unknown>, key: string): unknown {
  return key in config ? config[key] : configValues(config).get(key);
}

function valueOf(run: Run, by: string): unknown {
  const value = configValue(run.config, by);
  // A key named "group" in the configuration comes second to the group given to init().
  return by === "group" ? (run.group ?? value) : value;
}

/** Returns the value that a run is grouped by, as text; null where it has none. */
export function groupValue(run: Run, by: string): string | null {
  const raw = valueOf(run, by);
  return isMissing(raw) ? null : textOf(raw);
}

/** Returns groups in the order of their values, those without one last; runs keep their order. */
export function groupRuns(runs: readonly Run[], by: string): RunGroup[] {
  const groups = new Map<string | null, { raw: unknown; runs: Run[] }>();
  for (const run of runs) {
    const raw = valueOf(run, by);
    const value = isMissing(raw) ? null : textOf(raw);
    const group = groups.get(value);
    if (group) group.runs.push(run);
    else groups.set(value, { raw, runs: [run] });
  }
  return [...groups].sort(([, a], [, b]) => byValue(a.raw, b.raw)).map(([value, group]) => ({ value, runs: group.runs }));
}

/** Returns the keys that runs can be grouped by: `group` when any has one, then those of their configurations. */
export function groupKeys(runs: readonly Run[], keys: readonly string[]): string[] {
  const named = keys.filter((key) => key !== "group");
  return runs.some((run) => run.group !== null) ? ["group", ...named] : named;
}
