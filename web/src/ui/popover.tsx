import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  label: string;
  /** Of the button. */
  class: string;
  title?: string;
  testid: string;
  face: ComponentChildren;
  /** Made when it opens. */
  children: ComponentChildren;
}

const EDGE = 8;

/** Puts a floating box below what opened it, inside the window. */
export function placeNear(box: HTMLElement, anchor: { left: number; right: number; top: number; bottom: number }): void {
  const { clientWidth, clientHeight } = document.documentElement;
  const left = Math.min(anchor.left, clientWidth - box.offsetWidth - EDGE);
  const below = anchor.bottom + 4;
  const top = below + box.offsetHeight + EDGE <= clientHeight ? below : Math.max(EDGE, anchor.top - box.offsetHeight - 4);
  box.style.setProperty("left", `${Math.max(EDGE, left)}px`);
  box.style.setProperty("top", `${top}px`);
}

/** Closes the popover that an element is in. */
export function closeAround(element: Element): void {
  element.closest<HTMLElement>("[popover]")?.hidePopover();
}

/** A button and what it opens, in the top layer: it closes with Escape or a click elsewhere. */
export function Popover({ label, title, testid, face, children, ...look }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    if (!open) return;
    const place = (): void => placeNear(box.current!, button.current!.getBoundingClientRect());
    place();
    // What is in it may come late, or change.
    const observer = new ResizeObserver(place);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, [open]);
  return (
    <>
      <button ref={button} type="button" class={look.class} aria-label={label} title={title ?? label} data-testid={testid} popovertarget={id}>
        {face}
      </button>
      <div
        ref={box}
        id={id}
        popover="auto"
        class="float"
        role="group"
        aria-label={label}
        onToggle={(event) => setOpen((event as unknown as ToggleEvent).newState === "open")}
      >
        {open && children}
      </div>
    </>
  );
}
