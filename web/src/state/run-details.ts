import { batch, computed, effect, signal } from "@preact/signals";
import { ApiError, fetchColumns, fetchKeys, fetchRunsById } from "../api/client.ts";
import type { ConfigKey } from "../api/types.ts";
import { project } from "./address.ts";
import { columnOf, isListed, withValues } from "./columns.ts";
import type { Column } from "./columns.ts";
import { configValues } from "./grouping.ts";
import { natural } from "./natural.ts";
import { addToRuns, completeRuns, runLists, runOf, runs, runsComplete, runsState, wholeRunOf } from "./runs.ts";
import { say } from "./toasts.ts";

/** One request asks for so many runs, or columns of all runs. */
const RUNS_TOGETHER = 100;
const COLUMNS_TOGETHER = 40;

let askedRuns = new Set<string>();
let askedColumns = new Map<string, Promise<void>>();
let listed = -1;
/** Ids of the columns that are known of all runs. */
const known = signal<ReadonlySet<string>>(new Set());

/** Whether columns are known of all runs. */
export function areKnown(ids: readonly string[]): boolean {
  return ids.every((id) => known.value.has(id) || isListed(columnOf(id)!));
}

/** A list that was fetched anew knows nothing but what it says. */
function begin(): string | null {
  if (listed !== runLists.peek()) {
    listed = runLists.peek();
    askedRuns = new Set();
    askedColumns = new Map();
  }
  return project.peek();
}

/** A server that cannot be reached is told of by the badge, and asked again when it can. */
function failed(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
  if (error.status !== 0) say(error.message, null, true);
}

async function complete(name: string, ids: readonly string[]): Promise<void> {
  const asked = askedRuns;
  try {
    const found = await fetchRunsById(name, ids);
    if (asked === askedRuns) completeRuns(found);
  } finally {
    for (const id of ids) asked.delete(id);
  }
}

/** Asks for all that is not known of these runs; they change when it comes. */
export function needWhole(ids: Iterable<string>): void {
  const name = begin();
  if (name === null) return;
  const missing = [...ids].filter((id) => !askedRuns.has(id) && runOf(id) && !wholeRunOf(id));
  for (let at = 0; at < missing.length; at += RUNS_TOGETHER) {
    const some = missing.slice(at, at + RUNS_TOGETHER);
    for (const id of some) askedRuns.add(id);
    complete(name, some).catch(failed);
  }
}

async function fill(name: string, columns: readonly Column[]): Promise<void> {
  const asked = askedColumns;
  try {
    const found = await fetchColumns(name, columns.map((column) => column.field));
    if (asked !== askedColumns) return;
    const values = columns.map((column) => found.columns[column.field]!);
    batch(() => {
      addToRuns(found.ids, (run, at) => withValues(run, columns, values.map((each) => each[at])));
      known.value = new Set([...known.peek(), ...columns.map((column) => column.id)]);
    });
  } catch (error) {
    // One name that the server does not take must not keep the values of the others away.
    const refused = error instanceof ApiError && error.status === 400;
    if (refused && columns.length > 1) await Promise.all(columns.map((column) => fill(name, [column])));
    else if (refused) known.value = new Set([...known.peek(), columns[0]!.id]);
    if (refused) return;
    for (const column of columns) asked.delete(column.id);
    throw error;
  }
}

let waiting: Column[] = [];
let flushed: Promise<void> | null = null;

/** Asks for what was needed in this turn, together: the server reads each run once. */
async function flush(): Promise<void> {
  await Promise.resolve();
  const [name, columns] = [project.peek(), waiting];
  waiting = [];
  flushed = null;
  const parts = Array.from({ length: Math.ceil(columns.length / COLUMNS_TOGETHER) }, (_, part) => columns.slice(part * COLUMNS_TOGETHER, (part + 1) * COLUMNS_TOGETHER));
  if (name !== null) await Promise.all(parts.map((part) => fill(name, part)));
}

/** Asks for what all runs have in these columns; they change when it comes. Settles when all of it is here. */
export async function needColumns(ids: Iterable<string>): Promise<void> {
  if (begin() === null) return;
  const columns = [...new Set(ids)].flatMap((id) => columnOf(id) ?? []).filter((column) => !isListed(column));
  const missing = columns.filter((column) => !askedColumns.has(column.id));
  if (missing.length > 0) {
    waiting.push(...missing);
    flushed ??= flush();
    for (const column of missing) askedColumns.set(column.id, flushed);
  }
  await Promise.all(columns.map((column) => askedColumns.get(column.id))).catch(failed);
}

/** What the server said that runs were configured by; null until then. */
const told = signal<readonly ConfigKey[] | null>(null);
project.subscribe(() => {
  told.value = null;
  known.value = new Set();
});

async function loadKeys(): Promise<void> {
  const name = project.peek();
  if (name === null) return;
  const keys = await fetchKeys(name);
  if (name === project.peek()) told.value = keys;
}

effect(() => {
  // With the first page on, while the list is on its way; then with each new list.
  void runLists.value;
  if (runsState.value === "ready" && runs.peek().length > 0) loadKeys().catch(failed);
});

/** Whether the keys of all configurations are known. */
export const keysReady = computed(() => told.value !== null || (runsComplete.value && runs.value.every((run) => wholeRunOf(run.id))));

// As text, which compares by value: runs that log the same names again make no new keys.
const keysText = computed(() => {
  const found = new Map((told.value ?? []).map((key) => [key.name, key]));
  // Runs that began since come with everything that is known of them.
  for (const run of runs.value) {
    for (const name of configValues(run.config).keys()) if (!found.has(name)) found.set(name, { name, runs: 1, same: false });
  }
  return JSON.stringify([...found.values()].sort((a, b) => natural(a.name, b.name)));
});

/** Every key of the configurations of the project's runs. */
export const configKeys = computed(() => JSON.parse(keysText.value) as ConfigKey[]);
