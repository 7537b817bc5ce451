import { fetchSeries } from "../api/client.ts";
import type { SeriesQuery } from "../api/client.ts";
import type { Frame } from "../api/frames.ts";
import type { SeriesKey } from "../api/types.ts";

export type Range = Omit<SeriesQuery, "series">;

/** How long a series is wanted, and how soon: in pixels from what is on screen. */
export interface Wish {
  signal: AbortSignal;
  /** Asked once for all wishes that have the same. */
  distance: () => number;
}

interface Waiting {
  key: SeriesKey;
  wish: Wish;
  resolve(frame: Frame): void;
  reject(error: unknown): void;
}

interface Group {
  range: Range;
  list: Waiting[];
}

/** One request asks for so many series; the first charts are drawn while the next request is on its way. */
const MOST_TOGETHER = 200;
/** Requests at once: those that wait can still be put in order, or given up. */
const MOST_AT_ONCE = 4;

let waiting = new Map<string, Group>();
let onTheWay = 0;
let flushing = false;

/** Asks for a series together with others of the same range: what is on screen first, and only while it is wanted. */
export function loadSeries(range: Range, key: SeriesKey, wish: Wish): Promise<Frame> {
  if (!flushing) queueMicrotask(flush);
  flushing = true;
  const name = JSON.stringify(range);
  const group = waiting.get(name) ?? { range, list: [] };
  waiting.set(name, group);
  return new Promise((resolve, reject) => {
    group.list.push({ key, wish, resolve, reject });
  });
}

type Distance = (each: Waiting) => number;

/** Tells how far away each is, as of now: a chart's place is looked up once for all of its series. */
function measured(): Distance {
  const known = new Map<() => number, number>();
  return ({ wish: { distance } }) => {
    const found = known.get(distance) ?? distance();
    known.set(distance, found);
    return found;
  };
}

/** Those that are still wanted, the nearest first. */
function inOrder(list: readonly Waiting[], distanceOf: Distance): Waiting[] {
  for (const each of list) if (each.wish.signal.aborted) each.reject(each.wish.signal.reason);
  return list.filter((each) => !each.wish.signal.aborted).sort((a, b) => distanceOf(a) - distanceOf(b));
}

function flush(): void {
  flushing = false;
  const distanceOf = measured();
  const groups = [...waiting.values()].map(({ range, list }) => ({ range, list: inOrder(list, distanceOf) })).filter(({ list }) => list.length > 0);
  groups.sort((a, b) => distanceOf(a.list[0]!) - distanceOf(b.list[0]!));
  for (const group of groups) {
    while (group.list.length > 0 && onTheWay < MOST_AT_ONCE) void send(group.range, group.list.splice(0, MOST_TOGETHER));
  }
  waiting = new Map(groups.filter(({ list }) => list.length > 0).map((group) => [JSON.stringify(group.range), group]));
}

async function send(range: Range, list: Waiting[]): Promise<void> {
  const request = new AbortController();
  const give = (): void => {
    if (list.every(({ wish }) => wish.signal.aborted)) request.abort();
  };
  for (const { wish } of list) wish.signal.addEventListener("abort", give);
  onTheWay++;
  try {
    await fetchSeries({ ...range, series: list.map((each) => each.key) }, (frame, index) => list[index]?.resolve(frame), request.signal);
    // Those answered are settled already; the others must not wait for ever.
    for (const each of list) each.reject(new Error("The server's reply ended early."));
  } catch (error) {
    for (const each of list) each.reject(error);
  }
  for (const { wish } of list) wish.signal.removeEventListener("abort", give);
  onTheWay--;
  flush();
}
