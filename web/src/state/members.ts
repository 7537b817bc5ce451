import { signal } from "@preact/signals";
import { fetchMembers } from "../api/client.ts";
import type { Process, Run } from "../api/types.ts";
import { partsOf } from "./formulas.ts";

interface Known {
  processes: readonly Process[];
  /** Of the run when it was asked. */
  rows: number;
  members: number;
  status: Run["status"];
  at: number;
}

/** While a run goes on, its processes are asked for this often: one may log a metric later than others. */
const AGAIN_MS = 5_000;

const known = signal<ReadonlyMap<string, Known>>(new Map());
const asked = new Set<string>();

async function load(run: Run): Promise<void> {
  asked.add(run.id);
  const about = { rows: run.rows, members: run.members, status: run.status, at: performance.now() };
  // What cannot be had now is asked for again with what the run logs next.
  const processes = await fetchMembers(run.id).catch(() => known.peek().get(run.id)?.processes ?? []);
  asked.delete(run.id);
  known.value = new Map(known.peek()).set(run.id, { ...about, processes });
}

function isFresh(run: Run, held: Known): boolean {
  if (held.members !== run.members || held.status !== run.status) return false;
  return held.rows === run.rows || (run.status === "running" && performance.now() - held.at < AGAIN_MS);
}

/** Returns the processes of a run, none until they are known. */
export function processesOf(run: Run): readonly Process[] {
  const held = known.value.get(run.id);
  if (!asked.has(run.id) && !(held && isFresh(run, held))) void load(run);
  return held?.processes ?? [];
}

/** Returns the numbers of the processes of a run that logged a metric, none until they are known. */
export function membersOf(run: Run, metric: string): readonly number[] {
  const parts = partsOf(metric);
  return processesOf(run).filter((each) => parts.every((name) => each.metrics.includes(name))).map((each) => each.member);
}
