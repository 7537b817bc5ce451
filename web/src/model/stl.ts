import { NotDrawn } from "./geometry.ts";
import type { Geometry } from "./geometry.ts";

const HEAD = 84;
const FACET = 50;

function triangles(positions: Float32Array): Geometry {
  return { positions, colours: null, triangles: Uint32Array.from({ length: positions.length / 3 }, (_, at) => at), left: [] };
}

/** Reads the facets of an STL file, text or binary. */
export function readStl(bytes: Uint8Array): Geometry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const facets = bytes.length >= HEAD ? view.getUint32(80, true) : 0;
  if (bytes.length === HEAD + facets * FACET) {
    const positions = new Float32Array(facets * 9);
    for (let facet = 0; facet < facets; facet++) {
      // Behind its normal, which follows from its corners.
      for (let n = 0; n < 9; n++) positions[facet * 9 + n] = view.getFloat32(HEAD + facet * FACET + 12 + n * 4, true);
    }
    return triangles(positions);
  }
  const text = new TextDecoder("latin1").decode(bytes);
  const found = [...text.matchAll(/vertex\s+(\S+)\s+(\S+)\s+(\S+)/g)].flatMap((corner) => corner.slice(1, 4).map(Number));
  if (found.length === 0 || found.length % 9 !== 0 || found.some(Number.isNaN)) throw new NotDrawn("the STL file has no facets, or ends within one");
  return triangles(Float32Array.from(found));
}
