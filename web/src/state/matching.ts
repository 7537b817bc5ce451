import { computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { faultOf, hitsOf, isQuick } from "./pattern.ts";
import type { Pattern } from "./pattern.ts";

/** Which texts a pattern is found in, with what its groups hold there; null where that is not known, because there is no pattern, or a fault, or no answer yet. */
export interface Matching {
  hits: ReadonlyMap<string, string> | null;
  fault: string | null;
  pending: boolean;
}

const ALL: Matching = { hits: null, fault: null, pending: false };

/** Returns what a pattern is found in, at once where it can be told at once. */
function atOnce(pattern: Pattern | null, texts: () => readonly string[]): Matching | null {
  if (!pattern || pattern.source === "") return ALL;
  const fault = faultOf(pattern);
  if (fault !== null) return { ...ALL, fault };
  return isQuick(pattern) ? { ...ALL, hits: new Map(hitsOf(pattern, texts())) } : null;
}

async function slowly(pattern: Pattern, texts: readonly string[]): Promise<Matching> {
  const { slowHits } = await import("./slow-match.ts");
  try {
    return { ...ALL, hits: new Map(await slowHits(pattern, texts)) };
  } catch (error) {
    return { ...ALL, fault: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Keeps up to date which texts a pattern is found in. While a new answer is on its way, the last one holds, so that nothing
 * flickers. Both should compare by value, or each change asks anew.
 */
export function matching(pattern: ReadonlySignal<Pattern | null>, texts: ReadonlySignal<readonly string[]>): ReadonlySignal<Matching> {
  const late = signal<Matching>({ ...ALL, pending: true });
  let asked = 0;
  effect(() => {
    const sought = pattern.value;
    const mine = ++asked;
    if (!sought || atOnce(sought, () => [])) {
      late.value = { ...ALL, pending: true };
      return;
    }
    void slowly(sought, texts.value).then((found) => {
      if (mine === asked) late.value = found;
    });
  });
  return computed(() => atOnce(pattern.value, () => texts.value) ?? late.value);
}
