import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { fetchTraceSteps } from "../api/traces.ts";
import { project } from "../state/address.ts";
import { onObjects } from "../state/live.ts";
import { shownRuns } from "../state/shown.ts";
import { TraceList } from "../state/trace-list.ts";

/** Ids go into an address, which servers cut off at 8 kB. */
const MOST_RUNS = 200;
const REFETCH_MS = 1_000;
const SEARCH_MS = 250;

/** Returns a value once it has not changed for so long. */
function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** Returns the traces of one key for the runs shown, and the steps that have some, kept up to date while `visible`. */
export function useTraces(key: string, step: number | null, search: string, visible: boolean): { list: TraceList; steps: readonly number[] } {
  const [, redraw] = useState(0);
  const [steps, setSteps] = useState<readonly number[]>([]);
  const ids = useComputed(() =>
    shownRuns.value
      .slice(0, MOST_RUNS)
      .map((run) => run.id)
      .join(),
  ).value;
  const words = useSettled(search, SEARCH_MS);
  const name = project.value ?? "";
  const list = useMemo(() => {
    const runs = ids.split(",").filter((id) => id !== "");
    return new TraceList({ project: name, runs, key, step, search: words }, () => redraw((n) => n + 1));
  }, [name, ids, key, step, words]);
  useEffect(() => {
    if (!visible) return;
    const abort = new AbortController();
    const load = (): void => {
      list.load();
      // The list tells already what is wrong with the server.
      if (list.query.runs.length > 0) fetchTraceSteps(list.query, abort.signal).then(setSteps, () => {});
    };
    load();
    let timer = 0;
    const stop = onObjects((_, keys) => {
      if ((keys.length > 0 && !keys.includes(key)) || timer !== 0) return;
      timer = window.setTimeout(() => {
        timer = 0;
        load();
      }, REFETCH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
      abort.abort();
      list.close();
    };
  }, [list, key, visible]);
  return { list, steps };
}
