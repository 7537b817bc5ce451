import type { Question } from "./match-worker.ts";
// oxlint-disable-next-line import/default -- Vite makes it: the address of the worker, built
import address from "./match-worker.ts?worker&url";
import type { Hit, Pattern } from "./pattern.ts";

/** So long a pattern may take; once more, and longer, as the machine may have been busy with something else. */
const LIMITS_MS = [100, 400];
const TOO_LONG = "This pattern takes too long; one with fewer * and + may not.";

interface Policy {
  createScriptURL(url: string): string;
}
const { trustedTypes } = window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } };
const policy = trustedTypes?.createPolicy("worker", { createScriptURL: (url) => url });

let worker: Worker | null = null;
/** Questions are asked one after another, so that each has the time to itself. */
let last: Promise<unknown> = Promise.resolve();

/** Returns a worker that waits for a question: its start is none of a pattern's time. */
async function ready(): Promise<Worker> {
  if (worker) return worker;
  const fresh = new Worker(policy ? policy.createScriptURL(address) : address, { type: "module" });
  await new Promise((resolve, reject) => {
    fresh.addEventListener("message", resolve, { once: true });
    fresh.addEventListener("error", () => reject(new Error("Patterns cannot be tried here.")), { once: true });
  });
  worker = fresh;
  return fresh;
}

/** Returns what the worker says within the time, null where it does not, and has been ended. */
async function within(limit: number, question: Question): Promise<Hit[] | null> {
  const asked = await ready();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      asked.terminate();
      worker = null;
      resolve(null);
    }, limit);
    asked.addEventListener(
      "message",
      ({ data }: MessageEvent<Hit[]>) => {
        clearTimeout(timer);
        resolve(data);
      },
      { once: true },
    );
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has none
    asked.postMessage(question);
  });
}

async function answer(question: Question): Promise<Hit[]> {
  for (const limit of LIMITS_MS) {
    const found = await within(limit, question);
    if (found) return found;
  }
  throw new Error(TOO_LONG);
}

/** Returns the texts that a pattern is found in; rejects with what to tell where it takes too long. The page goes on meanwhile. */
export function slowHits(pattern: Pattern, texts: readonly string[]): Promise<Hit[]> {
  const mine = last.then(() => answer({ pattern, texts }));
  last = mine.catch(() => {});
  return mine;
}
