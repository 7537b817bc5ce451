import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";

interface Props {
  label: string;
  /** Of the button. */
  class: string;
  title?: string;
  testid: string;
  face: ComponentChildren;
  children: ComponentChildren;
  onOpen?(open: boolean): void;
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
export function Popover({ label, title, testid, face, children, onOpen, ...look }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button ref={button} type="button" class={look.class} aria-label={label} title={title ?? label} data-testid={testid} popovertarget={id}>
        {face}
      </button>
      <div
        id={id}
        popover="auto"
        class="float"
        role="group"
        aria-label={label}
        onToggle={(event) => {
          const open = (event as unknown as ToggleEvent).newState === "open";
          if (open) placeNear(event.currentTarget, button.current!.getBoundingClientRect());
          onOpen?.(open);
        }}
      >
        {children}
      </div>
    </>
  );
}
