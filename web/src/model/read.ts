import { NotDrawn } from "./geometry.ts";
import type { Geometry } from "./geometry.ts";
import { readGltf } from "./gltf.ts";
import { readObj } from "./obj.ts";
import { readPly } from "./ply.ts";
import { readSplat } from "./splat.ts";
import { readStl } from "./stl.ts";

/** More than this would hold up the page. */
const MOST_VERTICES = 5_000_000;

const READERS: Record<string, (bytes: Uint8Array) => Geometry> = {
  "model/gltf-binary": readGltf,
  "model/gltf+json": readGltf,
  "model/obj": readObj,
  "model/stl": readStl,
  "model/ply": readPly,
  "model/splat": readSplat,
};

/** Returns what is drawn of a file; raises NotDrawn saying why it is not. */
export function readModel(mime: string, bytes: Uint8Array): Geometry {
  const read = READERS[mime];
  if (!read) throw new NotDrawn(`files of type ${mime} are not drawn`);
  const geometry = read(bytes);
  if (geometry.positions.length / 3 > MOST_VERTICES) throw new NotDrawn(`it has ${(geometry.positions.length / 3).toLocaleString("en-US")} vertices, too many to be drawn here`);
  return geometry;
}
