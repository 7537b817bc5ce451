import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fetchGroups } from "../api/client.ts";
import type { GroupFrame } from "../api/frames.ts";
import type { Run } from "../api/types.ts";
import { edgesOf, Folds } from "./folds.ts";
import type { Fold, FoldWindow } from "./folds.ts";

vi.mock("../api/client.ts", () => ({ fetchGroups: vi.fn() }));

const whole: FoldWindow = { x: "step", axis: null, width: 100, range: null, member: null };
const group = (id: string, count = 1) => ({ id, title: id, runs: [{ id: `run-${id}`, rows: count, summary: { loss: { count } } } as unknown as Run] });
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};
const asked = () => vi.mocked(fetchGroups).mock.calls.at(-1)![0];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.mocked(fetchGroups).mockReset();
  vi.mocked(fetchGroups).mockImplementation(({ groups }) =>
    Promise.resolve(groups.map(({ name }) => ({ header: { group: name, points: 1 }, columns: new Map([["at", Float64Array.of(0)]]) }) as unknown as GroupFrame)),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("asks once for what is wanted, a little beyond its window", async () => {
  const folds = new Folds("loss", vi.fn());
  folds.want([group("a"), group("b")], { ...whole, range: [10, 30] });
  folds.want([group("a"), group("b")], { ...whole, range: [10, 30] });
  await settled();
  expect(fetchGroups).toHaveBeenCalledTimes(1);
  expect(asked()).toMatchObject({ width: 150, first: 5, last: 35, metric: "loss", groups: [{ name: "a", runs: ["run-a"] }, { name: "b" }] });
  expect([...folds.held.keys()]).toEqual(["a", "b"]);
  folds.want([group("b")], whole);
  expect([...folds.held.keys()]).toEqual(["b"]);
});

it("passes on what is missing of the runs of a group", async () => {
  vi.mocked(fetchGroups).mockResolvedValue([{ header: { group: "a", points: 1, missing: [[3, null]] }, columns: new Map([["at", Float64Array.of(0)]]) } as unknown as GroupFrame]);
  const folds = new Folds("loss", vi.fn());
  folds.want([group("a")], whole);
  await settled();
  expect(folds.held.get("a")!.missing).toEqual([[3, null]]);
});

it("folds anew what was logged to since, at most once a second", async () => {
  const folds = new Folds("loss", vi.fn());
  for (const count of [1, 2, 3]) {
    folds.want([group("a", count)], whole);
    await settled();
  }
  expect(fetchGroups).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(fetchGroups).toHaveBeenCalledTimes(2);
  await settled();
  vi.advanceTimersByTime(5_000);
  expect(fetchGroups).toHaveBeenCalledTimes(2);
});

it("says why nothing came, and asks again when told to", async () => {
  const folds = new Folds("loss", vi.fn());
  vi.mocked(fetchGroups).mockRejectedValueOnce(new Error("store: gone"));
  folds.want([group("a")], whole);
  await settled();
  expect([folds.error, folds.loading]).toEqual(["store: gone", false]);
  folds.retry();
  folds.want([group("a")], whole);
  await settled();
  expect([folds.error, folds.held.size]).toEqual([null, 1]);
});

it("draws a band of what was chosen about the mean", () => {
  const of = (value: number) => Float64Array.of(value);
  const fold: Fold = { x: of(0), mean: of(10), std: of(4), min: of(1), max: of(20), q1: of(8), q3: of(13), count: of(4), points: 4, missing: [] };
  const edges = (["std", "stderr", "range", "quartiles"] as const).map((spread) => edgesOf(fold, spread)!.map(([edge]) => edge));
  expect(edges).toEqual([[6, 14], [8, 12], [1, 20], [8, 13]]);
  expect(edgesOf(fold, "none")).toBeNull();
});
