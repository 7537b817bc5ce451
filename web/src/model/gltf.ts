import { NotDrawn, checked } from "./geometry.ts";
import type { Geometry } from "./geometry.ts";
import { IDENTITY, multiplied, placed } from "./matrix.ts";
import type { Matrix } from "./matrix.ts";

interface Accessor {
  bufferView?: number;
  byteOffset?: number;
  componentType: number;
  normalized?: boolean;
  count: number;
  type: string;
  sparse?: unknown;
}

interface Primitive {
  attributes: Record<string, number>;
  indices?: number;
  material?: number;
  mode?: number;
  extensions?: Record<string, unknown>;
}

interface Node {
  mesh?: number;
  children?: number[];
  matrix?: number[];
  translation?: [number, number, number];
  rotation?: [number, number, number, number];
  scale?: [number, number, number];
}

interface Document {
  scene?: number;
  scenes?: { nodes?: number[] }[];
  nodes?: Node[];
  meshes?: { primitives: Primitive[] }[];
  accessors?: Accessor[];
  bufferViews?: { buffer: number; byteOffset?: number; byteLength: number; byteStride?: number }[];
  buffers?: { uri?: string; byteLength: number }[];
  materials?: { pbrMetallicRoughness?: { baseColorFactor?: number[]; baseColorTexture?: unknown } }[];
  images?: unknown[];
  skins?: unknown[];
  animations?: unknown[];
  extensionsRequired?: string[];
}

const JSON_CHUNK = 0x4e4f534a;
const TRIANGLES = 4;
const STRIP = 5;
const FAN = 6;
const DEEPEST = 64;
const WIDTHS: Record<string, number> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 };
type Reader = [size: number, read: (view: DataView, at: number) => number, most: number];
const READERS: Record<number, Reader> = {
  5120: [1, (view, at) => view.getInt8(at), 127],
  5121: [1, (view, at) => view.getUint8(at), 255],
  5122: [2, (view, at) => view.getInt16(at, true), 32_767],
  5123: [2, (view, at) => view.getUint16(at, true), 65_535],
  5125: [4, (view, at) => view.getUint32(at, true), 4_294_967_295],
  5126: [4, (view, at) => view.getFloat32(at, true), 1],
};

interface File {
  document: Document;
  buffers: Uint8Array[];
}

function decoded(uri: string): Uint8Array {
  const text = /^data:[^,]*;base64,(.*)$/s.exec(uri)?.[1];
  if (text === undefined) throw new NotDrawn("the buffers of this glTF file are not inside it");
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

function opened(bytes: Uint8Array): File {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = bytes;
  let inside: Uint8Array | null = null;
  if (bytes.length >= 20 && view.getUint32(0, true) === 0x46546c67) {
    const length = view.getUint32(12, true);
    if (view.getUint32(16, true) !== JSON_CHUNK || 20 + length > bytes.length) throw new NotDrawn("the GLB file is not whole");
    text = bytes.subarray(20, 20 + length);
    inside = bytes.subarray(Math.min(bytes.length, 28 + length));
  }
  let document: Document;
  try {
    document = JSON.parse(new TextDecoder().decode(text)) as Document;
  } catch {
    throw new NotDrawn("the glTF document is not JSON");
  }
  const buffers = (document.buffers ?? []).map(({ uri }) => (uri === undefined ? (inside ?? new Uint8Array()) : decoded(uri)));
  return { document, buffers };
}

/** Returns the numbers of an accessor, those that stand for parts of one as such. */
function numbersOf({ document, buffers }: File, number: number): Float64Array {
  const accessor = document.accessors?.[number];
  const held = document.bufferViews?.[accessor?.bufferView ?? -1];
  const reader = READERS[accessor?.componentType ?? 0];
  const width = WIDTHS[accessor?.type ?? ""];
  const buffer = buffers[held?.buffer ?? -1];
  if (!accessor || !held || !reader || !width || !buffer || accessor.sparse) throw new NotDrawn("this way of keeping numbers is not read");
  const [size, read, most] = reader;
  const stride = held.byteStride ?? size * width;
  const start = (held.byteOffset ?? 0) + (accessor.byteOffset ?? 0);
  if (start + (accessor.count - 1) * stride + size * width > buffer.length) throw new NotDrawn("the glTF file ends before all that it tells of");
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const found = new Float64Array(accessor.count * width);
  for (let n = 0; n < accessor.count; n++) {
    for (let part = 0; part < width; part++) {
      const value = read(view, start + n * stride + part * size);
      found[n * width + part] = accessor.normalized ? Math.max(-1, value / most) : value;
    }
  }
  return found;
}

function cornersOf(mode: number, corners: ArrayLike<number>): number[] {
  const made: number[] = [];
  if (mode === TRIANGLES) return Array.from(corners).slice(0, corners.length - (corners.length % 3));
  for (let at = 2; at < corners.length; at++) {
    const [a, b, c] = [corners[mode === FAN ? 0 : at - 2]!, corners[at - 1]!, corners[at]!];
    // Every other triangle of a strip is turned about.
    made.push(...(mode === STRIP && at % 2 === 1 ? [b, a, c] : [a, b, c]));
  }
  return made;
}

class Gathering {
  readonly positions: number[] = [];
  readonly colours: number[] = [];
  readonly triangles: number[] = [];
  readonly left = new Set<string>();
  coloured = false;

  constructor(private readonly file: File) {}

  node(number: number, above: Matrix, depth: number): void {
    const node = this.file.document.nodes?.[number];
    if (!node || depth > DEEPEST) return;
    const own = node.matrix ? Float32Array.from(node.matrix) : placed(node.translation ?? [0, 0, 0], node.rotation ?? [0, 0, 0, 1], node.scale ?? [1, 1, 1]);
    const here = multiplied(above, own);
    for (const primitive of this.file.document.meshes?.[node.mesh ?? -1]?.primitives ?? []) this.primitive(primitive, here);
    for (const child of node.children ?? []) this.node(child, here, depth + 1);
  }

  private primitive({ attributes, indices, material, mode = TRIANGLES }: Primitive, place: Matrix): void {
    if (mode !== 0 && mode < TRIANGLES) {
      this.left.add("lines are not drawn");
      return;
    }
    const first = this.positions.length / 3;
    const at = numbersOf(this.file, attributes.POSITION ?? -1);
    for (let n = 0; n + 2 < at.length; n += 3) {
      const [x, y, z] = [at[n]!, at[n + 1]!, at[n + 2]!];
      for (const row of [0, 1, 2]) this.positions.push(place[row]! * x + place[4 + row]! * y + place[8 + row]! * z + place[12 + row]!);
    }
    this.colour(attributes.COLOR_0, material, at.length / 3);
    if (mode === 0) return;
    const corners = indices === undefined ? Array.from({ length: at.length / 3 }, (_, n) => n) : numbersOf(this.file, indices);
    for (const corner of cornersOf(mode, corners)) this.triangles.push(first + corner);
  }

  private colour(accessor: number | undefined, material: number | undefined, count: number): void {
    const look = this.file.document.materials?.[material ?? -1]?.pbrMetallicRoughness;
    if (look?.baseColorTexture) this.left.add("textures are not drawn");
    const base = look?.baseColorFactor ?? [1, 1, 1];
    const own = accessor === undefined ? null : numbersOf(this.file, accessor);
    this.coloured ||= own !== null || look?.baseColorFactor !== undefined;
    const width = own ? own.length / count : 0;
    for (let n = 0; n < count; n++) {
      for (const part of [0, 1, 2]) this.colours.push(display((own ? own[n * width + part]! : 1) * base[part]!));
    }
  }
}

/** Colours in a glTF file are amounts of light; a screen takes them by the eye. */
function display(light: number): number {
  return 255 * Math.max(0, Math.min(1, light)) ** (1 / 2.2);
}

/** Reads the meshes of a glTF scene, binary or as JSON with its buffers inside; textures, skins and animations are left out. */
export function readGltf(bytes: Uint8Array): Geometry {
  const file = opened(bytes);
  const { document } = file;
  const required = (document.extensionsRequired ?? []).filter((name) => /draco|meshopt|quantization/i.test(name));
  if (required.length > 0) throw new NotDrawn(`${required.join(", ")}: compressed glTF files are not read`);
  const gathering = new Gathering(file);
  const all = (document.nodes ?? []).map((_, at) => at);
  const below = new Set((document.nodes ?? []).flatMap((node) => node.children ?? []));
  const roots = document.scenes?.[document.scene ?? 0]?.nodes ?? all.filter((at) => !below.has(at));
  for (const root of roots) gathering.node(root, IDENTITY, 0);
  const { positions, colours, triangles, left, coloured } = gathering;
  if (positions.length === 0) throw new NotDrawn("the scene has nothing that is drawn");
  if (document.animations?.length) left.add("animations are not played");
  if (document.skins?.length) left.add("skins are not applied");
  return {
    positions: Float32Array.from(positions),
    colours: coloured ? Uint8Array.from(colours) : null,
    triangles: triangles.length > 0 ? checked(triangles, positions.length / 3) : null,
    left: [...left],
  };
}
