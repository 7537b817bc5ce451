import { ask } from "./client.ts";

/** Returns the outline of a sound: the least and greatest value of equal parts, in turn. */
export async function fetchPeaks(url: string, signal: AbortSignal): Promise<Int8Array> {
  return new Int8Array(await (await ask(url, { signal })).arrayBuffer());
}
