import { NotDrawn, checked, fan } from "./geometry.ts";
import type { Geometry } from "./geometry.ts";

interface Property {
  name: string;
  type: string;
  /** Type of the count, if it is a list. */
  count: string | null;
}

interface Element {
  name: string;
  count: number;
  properties: Property[];
}

type Read = (type: string) => number;

const SIZES: Record<string, number> = { char: 1, uchar: 1, short: 2, ushort: 2, int: 4, uint: 4, float: 4, double: 8 };
const ALIASES: Record<string, string> = {
  int8: "char", uint8: "uchar", int16: "short", uint16: "ushort", int32: "int", uint32: "uint", float32: "float", float64: "double",
};
/** Of the first spherical harmonic, by which splats tell their colour. */
const HARMONIC = 0.2820948;
const HEADER = 2 ** 18;

function typeOf(name: string | undefined): string {
  const type = ALIASES[name ?? ""] ?? name ?? "";
  if (!(type in SIZES)) throw new NotDrawn(`a PLY file has no type ${type}`);
  return type;
}

function headerOf(bytes: Uint8Array): { form: string; elements: Element[]; end: number } {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, HEADER));
  const found = /end_header\r?\n/.exec(text);
  if (!text.startsWith("ply") || !found) throw new NotDrawn("a PLY file begins with a header");
  const elements: Element[] = [];
  let form = "";
  for (const line of text.slice(0, found.index).split(/\r?\n/)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === "format") form = words[1] ?? "";
    else if (words[0] === "element") elements.push({ name: words[1] ?? "", count: Number(words[2]), properties: [] });
    else if (words[0] === "property") {
      const list = words[1] === "list";
      const property = { name: words.at(-1) ?? "", type: typeOf(words[list ? 3 : 1]), count: list ? typeOf(words[2]) : null };
      elements.at(-1)?.properties.push(property);
    }
  }
  return { form, elements, end: found.index + found[0].length };
}

function binary(bytes: Uint8Array, start: number, little: boolean): Read {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const readers: Record<string, () => number> = {
    char: () => view.getInt8(at),
    uchar: () => view.getUint8(at),
    short: () => view.getInt16(at, little),
    ushort: () => view.getUint16(at, little),
    int: () => view.getInt32(at, little),
    uint: () => view.getUint32(at, little),
    float: () => view.getFloat32(at, little),
    double: () => view.getFloat64(at, little),
  };
  return (type) => {
    if (at + SIZES[type]! > bytes.length) throw new NotDrawn("the PLY file ends before all that its header tells of");
    const value = readers[type]!();
    at += SIZES[type]!;
    return value;
  };
}

function ascii(bytes: Uint8Array, start: number): Read {
  const words = new TextDecoder("latin1").decode(bytes.subarray(start)).split(/\s+/).filter((word) => word !== "");
  let at = 0;
  return () => {
    const value = Number(words[at++]);
    if (Number.isNaN(value)) throw new NotDrawn("the PLY file ends before all that its header tells of");
    return value;
  };
}

/** Returns where the colours of a vertex stand among its properties, and what makes bytes of them; null if it has none. */
function colouring({ properties }: Element): { at: number[]; byte: (value: number) => number } | null {
  const placeOf = (name: string): number => properties.findIndex((property) => property.name === name);
  const plain = ["red", "green", "blue"].map(placeOf);
  if (!plain.includes(-1)) {
    const real = ["float", "double"].includes(properties[plain[0]!]!.type);
    return { at: plain, byte: (value) => (real ? 255 * value : value) };
  }
  const splat = ["f_dc_0", "f_dc_1", "f_dc_2"].map(placeOf);
  return splat.includes(-1) ? null : { at: splat, byte: (value) => 255 * (0.5 + HARMONIC * value) };
}

function vertices(element: Element, read: Read): { positions: Float32Array; colours: Uint8Array | null } {
  const { count, properties } = element;
  const at = ["x", "y", "z"].map((axis) => properties.findIndex((property) => property.name === axis));
  if (at.includes(-1) || properties.some((property) => property.count !== null)) throw new NotDrawn("the vertices of the PLY file have no x, y and z");
  const colour = colouring(element);
  const positions = new Float32Array(count * 3);
  const colours = colour ? new Uint8ClampedArray(count * 3) : null;
  const values = new Float64Array(properties.length);
  for (let n = 0; n < count; n++) {
    for (let part = 0; part < properties.length; part++) values[part] = read(properties[part]!.type);
    for (let axis = 0; axis < 3; axis++) {
      positions[n * 3 + axis] = values[at[axis]!]!;
      if (colours && colour) colours[n * 3 + axis] = colour.byte(values[colour.at[axis]!]!);
    }
  }
  return { positions, colours: colours && new Uint8Array(colours.buffer) };
}

/** Reads an element that is no vertex; returns the triangles of its faces, if it has any. */
function faces({ name, count, properties }: Element, read: Read): number[] {
  const triangles: number[] = [];
  for (let n = 0; n < count; n++) {
    for (const property of properties) {
      if (property.count === null) {
        read(property.type);
        continue;
      }
      const list = Array.from({ length: read(property.count) }, () => read(property.type));
      if (name === "face" && property.name.startsWith("vertex_ind")) triangles.push(...fan(list));
    }
  }
  return triangles;
}

/** Reads the vertices, their colours and the faces of a PLY file, text or binary. */
export function readPly(bytes: Uint8Array): Geometry {
  const { form, elements, end } = headerOf(bytes);
  const read = form === "ascii" ? ascii(bytes, end) : binary(bytes, end, form === "binary_little_endian");
  let found: ReturnType<typeof vertices> | null = null;
  const triangles: number[] = [];
  for (const element of elements) {
    if (element.count > bytes.length) throw new NotDrawn("the PLY file ends before all that its header tells of");
    if (element.name === "vertex") found = vertices(element, read);
    else for (const corner of faces(element, read)) triangles.push(corner);
  }
  if (!found || found.positions.length === 0) throw new NotDrawn("the PLY file has no vertices");
  const splats = elements.some((element) => element.properties.some((property) => property.name === "scale_0"));
  return {
    ...found,
    triangles: triangles.length > 0 ? checked(triangles, found.positions.length / 3) : null,
    left: splats ? ["splats are drawn as points, without their extent"] : [],
  };
}
