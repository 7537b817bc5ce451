import { expect, test } from "vitest";
import type { TraceHead, TracesPage, TracesQuery } from "../api/traces.ts";
import { TraceList } from "./trace-list.ts";

const QUERY: TracesQuery = { project: "p", runs: ["r"], key: "rollouts", step: null, search: "" };

function head(index: number): TraceHead {
  return { id: "m", index, run: "r", key: "rollouts", step: 1, time: 0, state: "ready", error: null };
}

function indexOf(list: TraceList, at: number): number | null {
  const row = list.rows[at];
  return typeof row === "object" ? row.index : null;
}

/** A server with so many traces; `asked` are the offsets of the pages that were read. */
function served(total: number) {
  const state = { total, asked: [] as number[] };
  const fetchPage = async (_: TracesQuery, offset: number, limit: number): Promise<TracesPage> => {
    state.asked.push(offset);
    const traces = Array.from({ length: Math.max(0, Math.min(limit, state.total - offset)) }, (_each, at) => head(offset + at));
    return { traces, total: state.total, offset };
  };
  let told: () => void = () => {};
  const list = new TraceList(QUERY, () => told(), fetchPage);
  const change = (): Promise<void> => new Promise((resolve) => (told = resolve));
  return { state, list, change };
}

test("only pages that come into view are read, each once", async () => {
  const { state, list, change } = served(1_000);
  let changed = change();
  list.load();
  await changed;
  expect(list.rows.length).toBe(1_000);
  expect(indexOf(list, 99)).toBe(99);
  changed = change();
  list.need(5);
  list.need(720);
  list.need(721);
  await changed;
  expect(indexOf(list, 720)).toBe(720);
  expect(list.rows[500]).toBe(500);
  expect(state.asked).toEqual([0, 700]);
});

test("a list that grew meanwhile forgets what stood elsewhere", async () => {
  const { state, list, change } = served(300);
  let changed = change();
  list.load();
  await changed;
  state.total = 301;
  changed = change();
  list.need(250);
  await changed;
  expect([list.rows.length, list.rows[0], indexOf(list, 250)]).toEqual([301, 0, 250]);
  changed = change();
  list.need(0);
  await changed;
  expect(indexOf(list, 0)).toBe(0);
});

test("no runs are no traces, and nobody is asked", async () => {
  const asked = served(5);
  const done: Promise<void> = new Promise((resolve) => {
    const list = new TraceList({ ...QUERY, runs: [] }, () => {
      expect([list.state, list.rows.length]).toEqual(["ready", 0]);
      resolve();
    });
    list.load();
  });
  await done;
  expect(asked.state.asked).toEqual([]);
});

test("an answer that came too late changes nothing", async () => {
  const { list } = served(5);
  list.load();
  list.close();
  await Promise.resolve();
  expect(list.state).toBe("loading");
});
