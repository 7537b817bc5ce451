import { beforeEach, expect, it, vi } from "vitest";
import { fetchObjects } from "../api/client.ts";
import type { LoggedObject } from "../api/types.ts";
import { HistogramList } from "./histograms.ts";

vi.mock("../api/client.ts", () => ({ fetchObjects: vi.fn() }));

const logged = (step: number): LoggedObject => ({ run: "r", key: "h", step, time: step, value: { _type: "trackio.histogram", bins: [0, 1], values: [step] } });
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await Promise.resolve();
};
const answers = (...steps: number[]): void => void vi.mocked(fetchObjects).mockResolvedValueOnce({ objects: steps.map(logged), next: null });
const asked = () => vi.mocked(fetchObjects).mock.calls.at(-1)![0];

beforeEach(() => vi.mocked(fetchObjects).mockReset());

it("holds what it asked for in order, and asks for what is newer alone", async () => {
  const list = new HistogramList("p", "r", "h", vi.fn());
  answers(2, 1);
  list.want({ steps: null, parts: 50 });
  await settled();
  answers(3);
  await list.grow();
  expect(asked()).toMatchObject({ first: 3, last: null, parts: 50 });
  expect(list.list.map((each) => each.step)).toEqual([1, 2, 3]);
});

it("asks anew for all once it holds twice what there is room for", async () => {
  const list = new HistogramList("p", "r", "h", vi.fn());
  answers(4, 3, 2, 1);
  list.want({ steps: null, parts: 2 });
  await settled();
  answers(5, 3);
  await list.grow();
  expect(asked()).toMatchObject({ first: null });
  expect(list.list.map((each) => each.step)).toEqual([3, 5]);
});

it("gives up what it asked for when something else is wanted", async () => {
  const list = new HistogramList("p", "r", "h", vi.fn());
  vi.mocked(fetchObjects).mockReturnValueOnce(new Promise(() => {}));
  list.want({ steps: null, parts: 2 });
  const signal = vi.mocked(fetchObjects).mock.calls[0]![1]!;
  answers(7);
  list.want({ steps: [6.5, 9], parts: 2 });
  await settled();
  expect(signal.aborted).toBe(true);
  expect(asked()).toMatchObject({ first: 6, last: 9 });
  expect(list.list.map((each) => each.step)).toEqual([7]);
});

it("grows once more when something came while it was asking", async () => {
  const list = new HistogramList("p", "r", "h", vi.fn());
  answers(1);
  answers(2);
  list.want({ steps: null, parts: 2 });
  await list.grow();
  await settled();
  expect(list.list.map((each) => each.step)).toEqual([1, 2]);
});

it("says why there is nothing", async () => {
  const list = new HistogramList("p", "r", "h", vi.fn());
  vi.mocked(fetchObjects).mockRejectedValueOnce(new Error("gone"));
  list.want({ steps: null, parts: 2 });
  await settled();
  expect([list.state, list.error]).toEqual(["failed", "gone"]);
});
