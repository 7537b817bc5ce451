import type { Geometry } from "./geometry.ts";

/** Bytes of a splat: position and size as f32, then colour and turn as bytes. */
const SPLAT = 32;
const COLOUR = 24;

/** Reads the middles and colours of splats. */
export function readSplat(bytes: Uint8Array): Geometry {
  const count = Math.floor(bytes.length / SPLAT);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const positions = new Float32Array(count * 3);
  const colours = new Uint8Array(count * 3);
  for (let n = 0; n < count; n++) {
    for (let axis = 0; axis < 3; axis++) {
      positions[n * 3 + axis] = view.getFloat32(n * SPLAT + axis * 4, true);
      colours[n * 3 + axis] = bytes[n * SPLAT + COLOUR + axis]!;
    }
  }
  return { positions, colours, triangles: null, left: ["splats are drawn as points, without their extent"] };
}
