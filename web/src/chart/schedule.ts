interface Drawable {
  draw(): void;
}

/** Milliseconds that a frame may take until it is on its way to the screen: a little less than the time to the next. */
const FRAME_MS = 13;
const MOST_MS = 10;
const LEAST_MS = 1;
/** What readers move has come to rest when nothing moved for so long. */
const REST_MS = 120;

const dirty = new Set<Drawable>();
/** Drawn while they moved, and so to be drawn again with all that they tell. */
const unsettled = new Set<Drawable>();
let pending = 0;
/** Milliseconds of drawing per frame; the charts left over follow in the next one. */
let budget = 4;
let movedAt = -Infinity;
let resting = 0;

/** Settles how long the next frame may draw, by what this one took: browsers paint after drawing, where it sees no clock. */
function learn(took: number): void {
  budget = took > FRAME_MS ? Math.max(LEAST_MS, budget * 0.7) : Math.min(MOST_MS, budget + 0.5);
}

let began = 0;
// Its message comes once the frame is painted.
const painted = new MessageChannel();
painted.port1.addEventListener("message", () => learn(performance.now() - began));
painted.port1.start();

function frame(): void {
  pending = 0;
  began = performance.now();
  for (const chart of dirty) {
    dirty.delete(chart);
    chart.draw();
    if (isMoving()) unsettled.add(chart);
    if (performance.now() - began > budget) break;
  }
  painted.port2.postMessage(null);
  if (dirty.size > 0) request();
}

function request(): void {
  if (pending === 0) pending = requestAnimationFrame(frame);
}

/** `first`: the chart under the pointer goes before all others. */
export function schedule(chart: Drawable, first = false): void {
  if (first) {
    const rest = [...dirty];
    dirty.clear();
    dirty.add(chart);
    for (const other of rest) dirty.add(other);
  } else {
    dirty.add(chart);
  }
  request();
}

export function unschedule(chart: Drawable): void {
  dirty.delete(chart);
  unsettled.delete(chart);
}

/** Whether a reader is zooming or panning: until that rests, charts leave to later what is not drawn. */
export function isMoving(): boolean {
  return resting !== 0;
}

/** Notes that a reader moves what charts show. */
export function move(): void {
  movedAt = performance.now();
  if (resting === 0) resting = window.setTimeout(settle, REST_MS);
}

function settle(): void {
  const left = movedAt + REST_MS - performance.now();
  resting = left > 0 ? window.setTimeout(settle, left) : 0;
  if (resting !== 0) return;
  for (const chart of unsettled) schedule(chart);
  unsettled.clear();
}
