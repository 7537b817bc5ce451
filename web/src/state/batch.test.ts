import { beforeEach, expect, it, vi } from "vitest";
import { fetchSeries } from "../api/client.ts";
import type { Frame } from "../api/frames.ts";
import { loadSeries } from "./batch.ts";

vi.mock("../api/client.ts", () => ({ fetchSeries: vi.fn() }));

const range = { x: "step", width: 10, first: null, last: null } as const;
const key = (metric: string) => ({ run: "r", metric, member: null });
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
};

interface Request {
  metrics: string[];
  signal: AbortSignal;
  answer(): void;
}
let requests: Request[] = [];

beforeEach(() => {
  requests = [];
  vi.mocked(fetchSeries).mockReset();
  vi.mocked(fetchSeries).mockImplementation(
    (query, onFrame, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        requests.push({
          metrics: query.series.map((each) => each.metric),
          signal,
          answer: () => {
            query.series.forEach((each, index) => onFrame({ header: each } as unknown as Frame, index));
            resolve();
          },
        });
      }),
  );
});

function ask(metric: string, distance = 0, width = 10) {
  const stop = new AbortController();
  const reply = loadSeries({ ...range, width }, key(metric), { signal: stop.signal, distance: () => distance });
  reply.catch(() => {});
  return { stop: () => stop.abort(), reply };
}

it("asks for all of one range at once, the nearest first", async () => {
  const far = ask("far", 900);
  ask("near", 0);
  await settled();
  expect(requests.map((each) => each.metrics)).toEqual([["near", "far"]]);
  requests[0]!.answer();
  await expect(far.reply).resolves.toMatchObject({ header: { metric: "far" } });
});

it("gives a request up once nobody wants any of it", async () => {
  const [first, second] = [ask("a"), ask("b")];
  await settled();
  first.stop();
  expect(requests[0]!.signal.aborted).toBe(false);
  second.stop();
  expect(requests[0]!.signal.aborted).toBe(true);
  await expect(second.reply).rejects.toThrow();
});

it("lets what waits for its turn be overtaken by what is nearer, and forgets what is no longer wanted", async () => {
  const early = [1, 2, 3, 4].map((width) => ask(`w${width}`, 0, width));
  await settled();
  const [dropped, far, near] = [ask("dropped", 1, 5), ask("far", 500, 6), ask("near", 2, 7)];
  await settled();
  expect(requests).toHaveLength(4);
  dropped.stop();
  for (const each of requests.slice(0, 2)) each.answer();
  await settled();
  expect(requests.slice(4).map((each) => each.metrics)).toEqual([["near"], ["far"]]);
  await expect(dropped.reply).rejects.toThrow();
  for (const each of requests) each.answer();
  await Promise.all([...early.map((each) => each.reply), far.reply, near.reply]);
});

it("says so when a reply ends before all is there", async () => {
  vi.mocked(fetchSeries).mockResolvedValueOnce();
  await expect(ask("a").reply).rejects.toThrow("ended early");
});

it("how far away a chart is is looked up once for all of its series", async () => {
  const distance = vi.fn(() => 3);
  const wish = { signal: new AbortController().signal, distance };
  for (const metric of ["a", "b", "c"]) void loadSeries(range, key(metric), wish);
  await settled();
  expect(requests.map((each) => each.metrics)).toEqual([["a", "b", "c"]]);
  expect(distance).toHaveBeenCalledOnce();
});
