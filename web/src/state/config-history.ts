import type { Revision } from "../api/types.ts";
import { flattened } from "./grouping.ts";

/** One key that was given another value while its run went on. */
export interface ConfigChange {
  time: number;
  key: string;
  /** Undefined where there was none. */
  before: unknown;
  /** Undefined where it was removed. */
  after: unknown;
}

function leaves(key: string, value: unknown): [string, unknown][] {
  return value === undefined ? [] : flattened({ [key]: value });
}

/** Returns what changed after the beginning, the last change first; a value that was set anew and is the same is no change. */
export function changesOf(history: readonly Revision[]): ConfigChange[] {
  const config = new Map<string, unknown>(Object.entries(history[0]?.values ?? {}));
  const changes: ConfigChange[] = [];
  const put = (time: number, key: string, value: unknown): void => {
    const before = new Map(leaves(key, config.get(key)));
    const after = new Map(leaves(key, value));
    for (const leaf of new Set([...before.keys(), ...after.keys()])) {
      const [was, is] = [before.get(leaf), after.get(leaf)];
      if (JSON.stringify(was) !== JSON.stringify(is)) changes.push({ time, key: leaf, before: was, after: is });
    }
    if (value === undefined) config.delete(key);
    else config.set(key, value);
  };
  for (const { time, values, removed } of history.slice(1)) {
    for (const key of removed) put(time, key, undefined);
    for (const [key, value] of Object.entries(values)) put(time, key, value);
  }
  return changes.toReversed();
}
