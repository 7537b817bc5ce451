import { afterEach, beforeEach, expect, it, vi } from "vitest";

let frames: (() => void)[] = [];
let painted: () => void = () => {};

/** Frames come, and are painted, when a test says so. */
beforeEach(() => {
  frames = [];
  vi.resetModules();
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => frames.push(run));
  vi.stubGlobal(
    "MessageChannel",
    class {
      port1 = { addEventListener: (_: string, told: () => void) => (painted = told), start: () => {} };
      port2 = { postMessage: () => {} };
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function frame(painting = 0): void {
  for (const run of frames.splice(0)) run();
  vi.advanceTimersByTime(painting);
  painted();
}

/** Charts that take so many milliseconds to draw, and the names of those drawn. */
function charts(drawing: number) {
  const drawn: string[] = [];
  const make = (name: string) => ({ draw: () => void (drawn.push(name), vi.advanceTimersByTime(drawing)) });
  return { drawn, make };
}

it("a frame draws what there is time for, the chart that was asked for first before all others", async () => {
  const { schedule } = await import("./schedule.ts");
  const { drawn, make } = charts(3);
  for (const name of ["a", "b", "c"]) schedule(make(name));
  schedule(make("first"), true);
  frame();
  expect(drawn).toEqual(["first", "a"]);
  frame();
  expect(drawn).toEqual(["first", "a", "b", "c"]);
  expect(frames).toEqual([]);
});

it("where painting takes long, frames draw less, but one chart each", async () => {
  const { schedule } = await import("./schedule.ts");
  const { drawn, make } = charts(1);
  const counts: number[] = [];
  for (let k = 0; k < 60; k++) schedule(make(String(k)));
  while (frames.length > 0) {
    const before = drawn.length;
    frame(counts.length < 10 ? 20 : 0);
    counts.push(drawn.length - before);
  }
  expect(drawn).toHaveLength(60);
  expect(counts.slice(0, 10)).toEqual(counts.slice(0, 10).sort((a, b) => b - a));
  expect(counts[9]).toBeLessThan(counts[0]!);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(Math.max(...counts.slice(10))).toBeGreaterThan(counts[9]!);
});

it("what was drawn while it moved is drawn once more when it rests", async () => {
  const { isMoving, move, schedule } = await import("./schedule.ts");
  const { drawn, make } = charts(0);
  const moved = make("moved");
  schedule(make("before"));
  frame();
  for (let k = 0; k < 5; k++) {
    move();
    schedule(moved);
    frame();
    vi.advanceTimersByTime(100);
    expect(isMoving()).toBe(true);
  }
  vi.advanceTimersByTime(100);
  expect(isMoving()).toBe(false);
  frame();
  expect(drawn).toEqual(["before", ...Array<string>(6).fill("moved")]);
  expect(frames).toEqual([]);
});

it("what is gone is not drawn when the others rest", async () => {
  const { move, schedule, unschedule } = await import("./schedule.ts");
  const { drawn, make } = charts(0);
  const gone = make("gone");
  move();
  schedule(gone);
  frame();
  unschedule(gone);
  vi.advanceTimersByTime(200);
  frame();
  expect(drawn).toEqual(["gone"]);
});
