import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { project } from "../state/address.ts";
import { onObjects } from "../state/live.ts";
import { ObjectList } from "../state/objects.ts";
import { runOf } from "../state/runs.ts";
import { shownRuns } from "../state/shown.ts";

/** Ids go into an address, which servers cut off at 8 kB. */
const MOST_RUNS = 200;
const REFETCH_MS = 500;

/** Returns the objects of one key for the runs shown, kept up to date while `visible`; `parts` as in ObjectList. */
export function useObjects(key: string, visible: boolean, parts?: number): { list: ObjectList; reload(): void; older(): void } {
  const [, redraw] = useState(0);
  const list = useMemo(() => new ObjectList(key, () => redraw((n) => n + 1), parts), [key, parts]);
  const ids = useComputed(() =>
    shownRuns.value
      .slice(0, MOST_RUNS)
      .map((run) => run.id)
      .join(),
  );
  const timer = useRef(0);
  const shown = ids.value;
  const runs = useMemo(() => shown.split(",").filter((id) => id !== ""), [shown]);
  const name = project.value ?? "";
  const reload = (): void => void list.load(name, runs);
  useEffect(() => {
    if (!visible) return;
    reload();
    const stop = onObjects((run, keys) => {
      const mine = keys.length === 0 || (keys.includes(key) && (runs.includes(run) || !runOf(run)));
      if (!mine || timer.current !== 0) return;
      timer.current = window.setTimeout(() => {
        timer.current = 0;
        reload();
      }, REFETCH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer.current);
      timer.current = 0;
    };
  }, [list, runs, name, visible]);
  return { list, reload, older: () => void list.older(name, runs) };
}
