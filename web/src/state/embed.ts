import { bare } from "./address.ts";

/** Tells the page that frames this one how tall its content is, as often as that changes. */
export function tellHeight(): () => void {
  if (window.parent === window || !bare.peek()) return () => {};
  const content = document.getElementById("main")!;
  const tell = (): void => window.parent.postMessage({ height: content.scrollHeight }, "*");
  const observer = new ResizeObserver(tell);
  const changes = new MutationObserver(tell);
  observer.observe(content);
  changes.observe(content, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    changes.disconnect();
  };
}
