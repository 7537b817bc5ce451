import { hitsOf } from "./pattern.ts";
import type { Hit, Pattern } from "./pattern.ts";

/** What the worker is asked: which of these texts a pattern is found in. */
export interface Question {
  pattern: Pattern;
  texts: readonly string[];
}

// A worker may be ended while it thinks; the page itself may not.
self.addEventListener("message", ({ data }: MessageEvent<Question>) => {
  tell(hitsOf(data.pattern, data.texts));
});
tell(null);

function tell(found: readonly Hit[] | null): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it speaks to the page that made it
  self.postMessage(found);
}
