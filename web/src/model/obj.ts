import { NotDrawn, checked, fan } from "./geometry.ts";
import type { Geometry } from "./geometry.ts";

/** Reads the vertices and faces of an OBJ file, and the colours that some programs write behind the vertices. */
export function readObj(bytes: Uint8Array): Geometry {
  const positions: number[] = [];
  const colours: number[] = [];
  const triangles: number[] = [];
  const left = new Set<string>();
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    const [kind, ...words] = line.trim().split(/\s+/);
    if (kind === "v") {
      const numbers = words.map(Number);
      positions.push(numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0);
      if (numbers.length >= 6) colours.push(...numbers.slice(3, 6).map((value) => 255 * Math.max(0, Math.min(1, value))));
    } else if (kind === "f") {
      const vertices = positions.length / 3;
      // Counted from 1, or back from the last one.
      triangles.push(...fan(words.map((word) => Number.parseInt(word, 10)).map((at) => (at < 0 ? vertices + at : at - 1))));
    } else if (kind === "mtllib") left.add("materials and textures are not drawn");
    else if (kind === "l") left.add("lines are not drawn");
  }
  if (positions.length === 0 || positions.some(Number.isNaN)) throw new NotDrawn("the OBJ file has no vertices, or one that is no number");
  return {
    positions: Float32Array.from(positions),
    colours: colours.length === positions.length ? Uint8Array.from(colours) : null,
    triangles: triangles.length > 0 ? checked(triangles, positions.length / 3) : null,
    left: [...left],
  };
}
