import { expect, it } from "vitest";
import { Pinch } from "./pinch.ts";

const touch = (pointerId: number, offsetX: number): PointerEvent => ({ pointerId, offsetX }) as PointerEvent;

it("zooms in as two fingers part, about their middle", () => {
  const pinch = new Pinch();
  pinch.down(touch(1, 100));
  expect(pinch.move(touch(1, 105))).toBeNull();
  pinch.move(touch(1, 100));
  pinch.down(touch(2, 200));
  expect(pinch.move(touch(2, 300))).toEqual({ factor: 0.5, x: 200, dx: 50 });
  pinch.up(touch(2, 300));
  expect(pinch.move(touch(1, 90))).toBeNull();
});
