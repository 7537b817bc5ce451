import { useEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";

/** Returns whether an element is on screen or close to it. */
export function useVisible(element: RefObject<Element | null>, margin = "300px"): boolean {
  const [visible, setVisible] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver((entries) => setVisible(entries.at(-1)!.isIntersecting), { rootMargin: margin });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, margin]);
  return visible;
}
