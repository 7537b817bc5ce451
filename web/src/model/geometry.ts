/** What is drawn of a shape. */
export interface Geometry {
  /** x, y, z of each vertex. */
  positions: Float32Array;
  /** Red, green, blue of each vertex, 0 to 255; null where all look alike. */
  colours: Uint8Array | null;
  /** Corners of triangles; null for a cloud of points. */
  triangles: Uint32Array | null;
  /** What the file has and the drawing has not. */
  left: string[];
}

/** The file is not what it says it is, or cannot be drawn; the text says why. */
export class NotDrawn extends Error {
  override name = "NotDrawn";
}

/** Least and greatest x, y, z. */
export interface Box {
  low: [number, number, number];
  high: [number, number, number];
}

export function boxOf({ positions }: Geometry): Box {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let at = 0; at + 2 < positions.length; at += 3) {
    for (const axis of [0, 1, 2] as const) {
      const value = positions[at + axis]!;
      if (!Number.isFinite(value)) continue;
      if (value < low[axis]) low[axis] = value;
      if (value > high[axis]) high[axis] = value;
    }
  }
  return low[0] <= high[0] ? { low, high } : { low: [0, 0, 0], high: [0, 0, 0] };
}

/** Returns the triangles of a polygon, each from its first corner. */
export function fan(corners: readonly number[]): number[] {
  const triangles: number[] = [];
  for (let at = 2; at < corners.length; at++) triangles.push(corners[0]!, corners[at - 1]!, corners[at]!);
  return triangles;
}

/** Raises NotDrawn for corners that are no vertices. */
export function checked(triangles: ArrayLike<number>, vertices: number): Uint32Array {
  const found = Uint32Array.from(triangles);
  for (const corner of found) if (corner >= vertices) throw new NotDrawn(`a face names vertex ${corner} of ${vertices}`);
  return found;
}
