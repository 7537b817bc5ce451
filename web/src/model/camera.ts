import type { Box } from "./geometry.ts";
import { cross, looking, multiplied, perspective, unit } from "./matrix.ts";
import type { Matrix, Vector } from "./matrix.ts";

export type Up = "y" | "z";

/** From where a shape is looked at: about a place, at angles in radians. */
export interface Camera {
  about: Vector;
  /** Half of the shape's diagonal, by which everything is measured. */
  size: number;
  distance: number;
  turn: number;
  tilt: number;
  up: Up;
}

const ANGLE = Math.PI / 4;
const STEEPEST = Math.PI / 2 - 0.01;
const FAR = 2.65;
const NEAREST = 0.02;
const FARTHEST = 60;

/** Looks at all of a shape, from above and aside. */
export function facing({ low, high }: Box, up: Up): Camera {
  const about: Vector = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
  const size = Math.hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]) / 2 || 1;
  return { about, size, distance: size * FAR, turn: 0.7, tilt: 0.45, up };
}

export function turned(camera: Camera, turn: number, tilt: number): Camera {
  return { ...camera, turn: camera.turn + turn, tilt: Math.max(-STEEPEST, Math.min(STEEPEST, camera.tilt + tilt)) };
}

/** Comes closer by a factor, or goes away for one below 1. */
export function closer(camera: Camera, factor: number): Camera {
  const distance = Math.max(camera.size * NEAREST, Math.min(camera.size * FARTHEST, camera.distance / factor));
  return { ...camera, distance };
}

/** Where the eye stands, seen from the place that it looks at. */
export function eyeOf({ distance, turn, tilt, up }: Camera): Vector {
  const [side, ahead, above] = [Math.cos(tilt) * Math.sin(turn), Math.cos(tilt) * Math.cos(turn), Math.sin(tilt)].map((part) => part * distance) as [number, number, number];
  return up === "y" ? [side, above, ahead] : [side, -ahead, above];
}

const upOf = (up: Up): Vector => (up === "y" ? [0, 1, 0] : [0, 0, 1]);
const sum = (a: Vector, b: Vector, by: number): Vector => [a[0] + b[0] * by, a[1] + b[1] * by, a[2] + b[2] * by];

/** Moves what is looked at, in parts of the height of the picture. */
export function moved(camera: Camera, right: number, down: number): Camera {
  const back = unit(eyeOf(camera));
  const side = unit(cross(upOf(camera.up), back));
  const above = cross(back, side);
  const height = 2 * camera.distance * Math.tan(ANGLE / 2);
  return { ...camera, about: sum(sum(camera.about, side, -right * height), above, down * height) };
}

export interface Look {
  /** Of the world into what the eye sees, and of that onto the picture. */
  view: Matrix;
  picture: Matrix;
}

export function lookOf(camera: Camera, aspect: number): Look {
  const eye = sum(camera.about, eyeOf(camera), 1);
  const near = Math.max(camera.distance - camera.size * 1.5, camera.distance / 100);
  const view = looking(eye, camera.about, upOf(camera.up));
  return { view, picture: multiplied(perspective(ANGLE, aspect, near, camera.distance + camera.size * 3), view) };
}
