/** Asked for once: every time makes the browser settle the whole page's style. */
let fonts: Promise<unknown> | undefined;

/** Tells when an element gets another size or screen density, and when the fonts have come that text is measured in. */
export function watchDisplay(host: HTMLElement, resized: () => void, redraw: () => void): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const observer = new ResizeObserver(resized);
  observer.observe(host);
  fonts ??= document.fonts?.ready;
  void fonts?.then(() => {
    if (!signal.aborted) redraw();
  });
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", resized, { signal });
  return () => {
    stop.abort();
    observer.disconnect();
  };
}
