import { useComputed } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { project } from "../state/address.ts";
import { onObjects } from "../state/live.ts";
import type { Wanted } from "../state/logged.ts";
import { runOf } from "../state/runs.ts";
import { shownRuns } from "../state/shown.ts";

const REFETCH_MS = 500;

/** What was found last, which stays while more is asked for; null at first. */
export interface Logged<T> {
  found: T | null;
  error: string | null;
  reload(): void;
}

/** Ids of the runs shown; the same list as long as they are the same. */
export function useShownIds(): readonly string[] {
  const text = useComputed(() => JSON.stringify(shownRuns.value.map((run) => run.id))).value;
  return useMemo(() => JSON.parse(text) as string[], [text]);
}

/** Asks for what runs logged while `visible`, and again whenever more of it was. */
export function useLogged<T, W extends Omit<Wanted, "project">>(
  wanted: W,
  visible: boolean,
  ask: (wanted: W & { project: string }, signal: AbortSignal) => Promise<T>,
): Logged<T> {
  const [state, setState] = useState<{ found: T | null; error: string | null }>({ found: null, error: null });
  const [turn, setTurn] = useState(0);
  const name = JSON.stringify([project.value, wanted]);
  const query = useRef(wanted);
  query.current = wanted;
  useEffect(() => {
    if (!visible) return;
    const abort = new AbortController();
    ask({ ...query.current, project: project.peek() ?? "" }, abort.signal).then(
      (found) => {
        if (!abort.signal.aborted) setState({ found, error: null });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState((before) => ({ ...before, error: error instanceof Error ? error.message : String(error) }));
      },
    );
    return () => abort.abort();
  }, [name, visible, turn, ask]);
  useEffect(() => {
    if (!visible) return;
    let timer = 0;
    const stop = onObjects((run, keys) => {
      const { key, runs } = query.current;
      const mine = keys.length === 0 || ((key === undefined || keys.includes(key)) && (runs.includes(run) || !runOf(run)));
      if (!mine || timer !== 0) return;
      timer = window.setTimeout(() => {
        timer = 0;
        setTurn((before) => before + 1);
      }, REFETCH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [visible]);
  return { ...state, reload: () => setTurn(turn + 1) };
}
