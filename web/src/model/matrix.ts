/** 4 × 4, column by column. */
export type Matrix = Float32Array;
export type Vector = readonly [number, number, number];

export const IDENTITY: Matrix = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

export function multiplied(a: Matrix, b: Matrix): Matrix {
  const made = new Float32Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let n = 0; n < 4; n++) sum += a[n * 4 + row]! * b[column * 4 + n]!;
      made[column * 4 + row] = sum;
    }
  }
  return made;
}

/** Returns the matrix of a move, a turn (a quaternion x, y, z, w) and a scale. */
export function placed(move: Vector, turn: readonly [number, number, number, number], scale: Vector): Matrix {
  const [x, y, z, w] = turn;
  const [sx, sy, sz] = scale;
  return Float32Array.of(
    (1 - 2 * (y * y + z * z)) * sx, 2 * (x * y + z * w) * sx, 2 * (x * z - y * w) * sx, 0,
    2 * (x * y - z * w) * sy, (1 - 2 * (x * x + z * z)) * sy, 2 * (y * z + x * w) * sy, 0,
    2 * (x * z + y * w) * sz, 2 * (y * z - x * w) * sz, (1 - 2 * (x * x + y * y)) * sz, 0,
    ...move, 1,
  );
}

export function perspective(angle: number, aspect: number, near: number, far: number): Matrix {
  const focal = 1 / Math.tan(angle / 2);
  const made = new Float32Array(16);
  made[0] = focal / aspect;
  made[5] = focal;
  made[10] = (far + near) / (near - far);
  made[11] = -1;
  made[14] = (2 * far * near) / (near - far);
  return made;
}

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unit(a: Vector): Vector {
  const length = Math.hypot(...a) || 1;
  return [a[0] / length, a[1] / length, a[2] / length];
}

/** Returns what moves the world so that an eye, looking at a place, stands at its middle. */
export function looking(eye: Vector, at: Vector, up: Vector): Matrix {
  const back = unit(minus(eye, at));
  const right = unit(cross(up, back));
  const above = cross(back, right);
  return Float32Array.of(
    right[0], above[0], back[0], 0,
    right[1], above[1], back[1], 0,
    right[2], above[2], back[2], 0,
    -dot(right, eye), -dot(above, eye), -dot(back, eye), 1,
  );
}
