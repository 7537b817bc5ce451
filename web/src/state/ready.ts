/** What changes while a list is being fetched is only heard if the stream is open before; but a stream may not come. */
const LONGEST_WAIT_MS = 400;

let settle: () => void = () => {};
let late = false;

/** Settles once the stream is open, or has taken so long that lists are fetched without it. */
export const streamReady = new Promise<void>((resolve) => {
  settle = resolve;
});

window.setTimeout(() => {
  late = true;
  settle();
}, LONGEST_WAIT_MS);

/** Notes that the stream is open; returns whether lists may have been fetched before, so that they are to be again. */
export function streamOpened(): boolean {
  settle();
  const missed = late;
  late = false;
  return missed;
}
