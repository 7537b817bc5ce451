import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** Keeps the row at the top of a scrolled list where it is when others come or go above it. */
export function useAnchor(box: RefObject<HTMLElement | null>, keys: readonly string[], rowHeight: number, on = true): void {
  const before = useRef(keys);
  useLayoutEffect(() => {
    const old = before.current;
    before.current = keys;
    const element = box.current;
    if (!on || !element || element.scrollTop < rowHeight) return;
    const at = Math.floor(element.scrollTop / rowHeight);
    const now = keys.indexOf(old[at] ?? "");
    if (now >= 0 && now !== at) element.scrollTop += (now - at) * rowHeight;
  }, [box, keys, rowHeight, on]);
}
