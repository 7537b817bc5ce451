import { fetchSeries } from "../api/client.ts";
import type { SeriesQuery } from "../api/client.ts";
import type { Frame } from "../api/frames.ts";
import type { SeriesKey } from "../api/types.ts";

export type Range = Omit<SeriesQuery, "series">;

interface Waiting {
  key: SeriesKey;
  resolve(frame: Frame): void;
  reject(error: unknown): void;
}

/** One request asks for so many series; the first charts are drawn while the next request is on its way. */
const MOST_TOGETHER = 200;

let waiting = new Map<string, { range: Range; list: Waiting[] }>();

/** Asks for a series together with all others of the same range that are asked for in this turn. */
export function loadSeries(range: Range, key: SeriesKey): Promise<Frame> {
  if (waiting.size === 0) queueMicrotask(flush);
  const name = JSON.stringify(range);
  const group = waiting.get(name) ?? { range, list: [] };
  waiting.set(name, group);
  return new Promise((resolve, reject) => {
    group.list.push({ key, resolve, reject });
  });
}

function flush(): void {
  const groups = waiting;
  waiting = new Map();
  for (const { range, list } of groups.values()) {
    for (let at = 0; at < list.length; at += MOST_TOGETHER) void send(range, list.slice(at, at + MOST_TOGETHER));
  }
}

async function send(range: Range, list: Waiting[]): Promise<void> {
  try {
    await fetchSeries({ ...range, series: list.map((each) => each.key) }, (frame, index) => list[index]?.resolve(frame));
    // Those answered are settled already; the others must not wait for ever.
    for (const each of list) each.reject(new Error("The server's reply ended early."));
  } catch (error) {
    for (const each of list) each.reject(error);
  }
}
