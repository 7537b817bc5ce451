import { effect, signal } from "@preact/signals";
import { Live, liveAddress } from "../api/live.ts";
import type { Connection, Followed } from "../api/live.ts";
import type { Run } from "../api/types.ts";
import { project } from "./address.ts";
import type { Feed } from "./feed.ts";
import { lacksKey, loadMetrics } from "./metrics.ts";
import { loadProjects, projects } from "./projects.ts";
import { streamOpened } from "./ready.ts";
import { dropRuns, loadRuns, putRuns, runs, runsState } from "./runs.ts";
import { loadShared } from "./shared.ts";

export const connection = signal<Connection>("connecting");

/** The server takes at most so many series of one page. */
const MOST_FOLLOWED = 1_000;
const SETTLE_MS = 100;
/** Runs change with every row they log; the lists need not. */
const RUNS_MS = 250;

const feeds = new Set<Feed>();
type ObjectsListener = (run: string, keys: readonly string[]) => void;
const objectsListeners = new Set<ObjectsListener>();
type AlertsListener = (runs: readonly string[]) => void;
const alertsListeners = new Set<AlertsListener>();

function followed(): Followed[] {
  return document.hidden ? [] : [...feeds].flatMap((feed) => feed.followed()).slice(0, MOST_FOLLOWED);
}

let changedRuns = new Map<string, Run>();
let runsTimer = 0;

function takeRuns(list: readonly Run[]): void {
  for (const run of list) changedRuns.set(run.id, run);
  if (runsTimer !== 0) return;
  runsTimer = window.setTimeout(() => {
    const batch = [...changedRuns.values()];
    changedRuns = new Map();
    runsTimer = 0;
    putRuns(batch);
  }, RUNS_MS);
}

function refresh(): void {
  void loadProjects();
  void loadRuns();
  void loadMetrics();
  void loadShared();
}

const live = new Live(liveAddress(location), {
  onState: (state) => {
    connection.value = state;
    if (state === "live" && streamOpened()) refresh();
  },
  onGap: () => {
    refresh();
    for (const feed of feeds) feed.refetch();
    for (const listener of objectsListeners) listener("", []);
    for (const listener of alertsListeners) listener([]);
  },
  onFrames: (frames) => {
    for (const frame of frames) for (const feed of feeds) feed.put(frame);
  },
  onRuns: takeRuns,
  onGone: (ids) => {
    for (const id of ids) changedRuns.delete(id);
    dropRuns(ids);
  },
  onObjects: (run, keys) => {
    if (lacksKey(keys)) void loadMetrics();
    for (const listener of objectsListeners) listener(run, keys);
  },
  onProjects: () => void loadProjects(),
  onShared: () => void loadShared(),
  onAlerts: (ids) => {
    for (const listener of alertsListeners) listener(ids);
  },
  onResync: (run, metric, kind) => {
    for (const feed of feeds) if (feed.metric === metric && feed.kind === kind) feed.refetch(run);
  },
});

let followTimer = 0;

/** Tells the server what is on screen, once it has settled. */
export function follow(): void {
  if (followTimer !== 0) return;
  followTimer = window.setTimeout(() => {
    followTimer = 0;
    live.subscribe(followed);
  }, SETTLE_MS);
}

export function addFeed(feed: Feed): () => void {
  feeds.add(feed);
  return () => {
    feeds.delete(feed);
    feed.stop();
    follow();
  };
}

/** Calls `listener` when objects were logged or encoded; with no keys when anything may have been. */
export function onObjects(listener: ObjectsListener): () => void {
  objectsListeners.add(listener);
  return () => objectsListeners.delete(listener);
}

/** Calls `listener` with the runs that gave alarm; with none when any may have. */
export function onAlerts(listener: AlertsListener): () => void {
  alertsListeners.add(listener);
  return () => alertsListeners.delete(listener);
}

export function startLive(): void {
  live.open();
  effect(() => live.watch(project.value));
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("online", () => live.wake());
  void loadProjects();
  projects.subscribe((list) => {
    // The project on show may have just come to be.
    const there = list?.some((each) => each.name === project.peek());
    if (!there || runs.peek().length > 0 || runsState.peek() !== "ready") return;
    void loadRuns();
    void loadMetrics();
  });
}
