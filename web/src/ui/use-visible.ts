import { useEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";

type Listener = (visible: boolean) => void;

const listeners = new WeakMap<Element, Listener>();
const observers = new Map<string, IntersectionObserver>();

/** One observer for all: thousands of them would each be asked at every scroll. */
function observerOf(margin: string): IntersectionObserver {
  const known = observers.get(margin);
  if (known) return known;
  const tell: IntersectionObserverCallback = (entries) => {
    for (const entry of entries) listeners.get(entry.target)?.(entry.isIntersecting);
  };
  // What scrolls is an element, to which only the second margin applies.
  const made = new IntersectionObserver(tell, { rootMargin: margin, scrollMargin: margin } as IntersectionObserverInit);
  observers.set(margin, made);
  return made;
}

/** Returns whether an element is on screen or close to it. */
export function useVisible(element: RefObject<Element | null>, margin = "300px"): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const observer = observerOf(margin);
    listeners.set(watched, setVisible);
    observer.observe(watched);
    return () => {
      observer.unobserve(watched);
      listeners.delete(watched);
    };
  }, [element, margin]);
  return visible;
}
