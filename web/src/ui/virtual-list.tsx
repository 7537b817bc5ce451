import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo } from "preact/hooks";
import { useAnchor } from "./use-anchor.ts";
import { useScrolled } from "./use-scrolled.ts";

interface Props<T> {
  items: readonly T[];
  rowHeight: number;
  label: string;
  /** Number of the item that is scrolled to whenever it changes; -1 for none. */
  reveal?: number;
  keyOf(item: T): string;
  children(item: T, index: number): ComponentChildren;
}

const OVERSCAN = 6;

/** A list of which only the rows in view exist. */
export function VirtualList<T>({ items, rowHeight, label, reveal = -1, keyOf, children }: Props<T>) {
  const { box, ...view } = useScrolled();
  const keys = useMemo(() => items.map(keyOf), [items]);
  useAnchor(box, keys, rowHeight);
  useLayoutEffect(() => {
    if (reveal < 0) return;
    const element = box.current!;
    const [top, bottom] = [reveal * rowHeight, (reveal + 1) * rowHeight];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  }, [reveal, rowHeight]);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  return (
    <div class="virtual" ref={box}>
      <div class="virtual-inner" role="list" aria-label={label} style={{ height: `${items.length * rowHeight}px` }}>
        {items.slice(first, last).map((item, at) => (
          <div
            key={keyOf(item)}
            class="virtual-row"
            role="listitem"
            aria-setsize={items.length}
            aria-posinset={first + at + 1}
            style={{ transform: `translateY(${(first + at) * rowHeight}px)`, height: `${rowHeight}px` }}
          >
            {children(item, first + at)}
          </div>
        ))}
      </div>
    </div>
  );
}
