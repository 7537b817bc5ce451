import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Frame } from "../api/frames.ts";
import type { Run } from "../api/types.ts";
import { loadSeries } from "./batch.ts";
import { Feed } from "./feed.ts";
import type { Window } from "./feed.ts";
import type { Source } from "./sources.ts";

vi.mock("./batch.ts", () => ({ loadSeries: vi.fn() }));

function frame(run: string, steps: number[], total = steps.length, member = 0): Frame {
  const column = Float64Array.from(steps);
  return {
    header: { run, metric: "loss", kind: "scalar", member, n: steps.length, raw: true, total, extent: null, bucket: null, last_step: steps.at(-1) ?? null, odd: null, before: null, columns: [] },
    columns: new Map([
      ["step", column],
      ["time", column],
      ["value", column],
    ]),
  };
}

const run = (id: string, status: Run["status"] = "running", lastStep = 1, member: number | null = null): Source => {
  const held = { id, status, created: 100, members: 1, summary: { loss: { last_step: lastStep } } } as unknown as Run;
  return { key: member === null ? id : `${id}#${member}`, line: id, run: held, member };
};
const whole: Window = { xAxis: "step", x: null, width: 400 };
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.mocked(loadSeries).mockReset();
  vi.mocked(loadSeries).mockImplementation((_, key) => Promise.resolve(frame(key.run, [0, 1])));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function feed() {
  return new Feed("loss", vi.fn(), vi.fn());
}

it("fetches each run once for a window, and follows those that go on", async () => {
  const each = feed();
  each.want([run("a"), run("b", "finished")], whole);
  each.want([run("a"), run("b", "finished")], whole);
  await settled();
  expect(loadSeries).toHaveBeenCalledTimes(2);
  expect(each.followed()).toEqual([{ run: "a", metric: "loss", kind: "scalar", member: null, after: 1 }]);
});

it("follows a finished run until its last points are there", async () => {
  const each = feed();
  each.want([run("a", "finished", 2)], whole);
  await settled();
  expect(each.followed()).toHaveLength(1);
  each.put(frame("a", [2]));
  expect(each.followed()).toHaveLength(0);
  expect([...each.points.get("a")!.steps]).toEqual([0, 1, 2]);
});

it("asks in seconds since each run was first begun for relative time, and a little beyond the window", () => {
  feed().want([run("a")], { xAxis: "relative", x: [10, 30], width: 400 });
  expect(vi.mocked(loadSeries).mock.calls[0]![0]).toEqual({ x: "time", width: 600, first: 105, last: 135 });
});

it("drops an answer that a newer window has overtaken", async () => {
  const each = feed();
  let late: (frame: Frame) => void = () => {};
  vi.mocked(loadSeries).mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
  each.want([run("a")], whole);
  each.want([run("a")], { ...whole, width: 800 });
  await settled();
  late(frame("a", [7]));
  await settled();
  expect([...each.points.get("a")!.steps]).toEqual([0, 1]);
});

it("does not draw across what lies beyond a zoomed window", async () => {
  const each = feed();
  each.want([run("a")], { xAxis: "step", x: [0, 1], width: 400 });
  await settled();
  each.put(frame("a", [50]));
  expect([...each.points.get("a")!.steps]).toEqual([0, 1]);
  expect(each.followed()[0]!.after).toBe(50);
});

it("fetches again at most once a second when told that points were missed", async () => {
  const each = feed();
  each.want([run("a")], whole);
  await settled();
  each.refetch();
  each.refetch("a");
  expect(loadSeries).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(loadSeries).toHaveBeenCalledTimes(2);
});

it("keeps what it holds when the server says no, and says why", async () => {
  const each = feed();
  each.want([run("a")], whole);
  await settled();
  vi.mocked(loadSeries).mockRejectedValueOnce(new Error("store: gone"));
  each.refetch();
  vi.advanceTimersByTime(1_000);
  await settled();
  expect(each.error).toBe("store: gone");
  expect(each.points.get("a")!.steps).toHaveLength(2);
});

it("asks for the steps that hold the window where the axis is a metric", () => {
  feed().want([run("a"), run("b")], { xAxis: "metric", x: [1, 2], width: 400, stepsOf: (id) => (id === "a" ? [100, 200] : null) });
  expect(vi.mocked(loadSeries).mock.calls.map(([range]) => [range.x, range.first, range.last])).toEqual([
    ["step", 75, 225],
    ["step", null, null],
  ]);
});

it("puts the rest of the series beside a part of it where curves are smoothed", async () => {
  const each = feed();
  vi.mocked(loadSeries).mockImplementation((range, key) => Promise.resolve(range.first === null ? frame(key.run, [0, 1, 2, 3]) : frame(key.run, [2])));
  each.want([run("a")], { xAxis: "step", x: [2, 2.5], width: 400, smooth: true });
  await settled();
  expect([...each.points.get("a")!.before!.steps]).toEqual([0, 1]);
  expect([...each.points.get("a")!.after!.steps]).toEqual([3]);
});

it("gives each process of a run what is its own", async () => {
  const each = feed();
  vi.mocked(loadSeries).mockImplementation((_, key) => Promise.resolve(frame(key.run, [0], 1, key.member ?? 0)));
  each.want([run("a"), run("a", "running", 1, 2)], whole);
  await settled();
  each.put(frame("a", [5], 2, 2));
  expect([...each.points.get("a")!.steps]).toEqual([0]);
  expect([...each.points.get("a#2")!.steps]).toEqual([0, 5]);
  expect(each.followed().map(({ member, after }) => [member, after])).toEqual([[null, 0], [2, 5]]);
});

it("gives up what is not wanted any more", async () => {
  const each = feed();
  vi.mocked(loadSeries).mockReturnValue(new Promise(() => {}));
  each.want([run("a"), run("b")], whole);
  const signals = vi.mocked(loadSeries).mock.calls.map(([, , wish]) => wish.signal);
  each.want([run("a")], { ...whole, x: [0, 1] });
  expect(signals.map((signal) => signal.aborted)).toEqual([true, true]);
  const last = vi.mocked(loadSeries).mock.calls.at(-1)![2].signal;
  each.stop();
  expect(last.aborted).toBe(true);
});

it("keeps a system metric apart from a metric of its name", async () => {
  const each = new Feed("loss", vi.fn(), vi.fn(), "system");
  each.want([run("a"), run("b", "finished", 99)], { xAxis: "time", x: null, width: 400 });
  await settled();
  expect(vi.mocked(loadSeries).mock.calls.map(([range, key]) => [range.x, key.kind])).toEqual([["time", "system"], ["time", "system"]]);
  expect(each.followed()).toEqual([{ run: "a", metric: "loss", kind: "system", member: null, after: 1 }]);
  each.put(frame("a", [2]));
  expect(each.points.get("a")!.lastStep).toBe(1);
  const { header, columns } = frame("a", [2]);
  each.put({ header: { ...header, kind: "system" }, columns });
  expect(each.points.get("a")!.lastStep).toBe(2);
});
