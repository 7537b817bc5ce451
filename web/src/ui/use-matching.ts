import { useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { matching } from "../state/matching.ts";
import type { Matching } from "../state/matching.ts";
import type { Pattern } from "../state/pattern.ts";

/** Which of these texts are like what is typed, without ever holding up the page. */
export function useMatching(typed: string, texts: readonly string[]): Matching {
  const source = useSignal(typed);
  const joined = useSignal("");
  source.value = typed;
  joined.value = JSON.stringify(texts);
  const pattern = useComputed<Pattern>(() => ({ source: source.value, flags: "" }));
  const list = useComputed(() => JSON.parse(joined.value) as string[]);
  return useMemo(() => matching(pattern, list), []).value;
}
