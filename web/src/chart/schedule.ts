interface Drawable {
  draw(): void;
}

/** Milliseconds of drawing per frame; the charts left over follow in the next one. */
const BUDGET = 10;
const dirty = new Set<Drawable>();
let pending = 0;

function frame(): void {
  pending = 0;
  const start = performance.now();
  for (const chart of dirty) {
    dirty.delete(chart);
    chart.draw();
    if (performance.now() - start > BUDGET) break;
  }
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
}
