import { expect, test } from "vitest";
import { NotDrawn } from "./geometry.ts";
import { readModel } from "./read.ts";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Numbers as bytes, each by its type: `f` f32, `i` u32, `s` u16, `b` u8. */
function packed(types: string, ...numbers: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  let at = 0;
  for (const [n, number] of numbers.entries()) {
    const type = types[n % types.length]!;
    if (type === "f") view.setFloat32(at, number, true);
    else if (type === "i") view.setUint32(at, number, true);
    else if (type === "s") view.setUint16(at, number, true);
    else view.setUint8(at, number);
    at += { f: 4, i: 4, s: 2, b: 1 }[type]!;
  }
  return new Uint8Array(view.buffer, 0, at);
}

const CLOUD = joined(
  text("ply\nformat binary_little_endian 1.0\nelement vertex 2\nproperty float x\nproperty float y\nproperty float z\nproperty uchar red\nproperty uchar green\nproperty uchar blue\nproperty uchar category\nend_header\n"),
  packed("fffbbbb", 1, 2, 3, 255, 0, 7, 1, -1, -2, -3, 1, 2, 3, 2),
);
const SQUARE = text(`ply
format ascii 1.0
comment a square
element vertex 4
property float x
property float y
property float z
element face 1
property list uchar int vertex_indices
end_header
0 0 0
1 0 0
1 1 0
0 1 0
4 0 1 2 3
`);

test("a binary PLY is a cloud with colours", () => {
  const found = readModel("model/ply", CLOUD);
  expect([...found.positions]).toEqual([1, 2, 3, -1, -2, -3]);
  expect([...found.colours!]).toEqual([255, 0, 7, 1, 2, 3]);
  expect(found.triangles).toBeNull();
});

test("a PLY of text is a mesh, its polygons cut into triangles", () => {
  const found = readModel("model/ply", SQUARE);
  expect([...found.triangles!]).toEqual([0, 1, 2, 0, 2, 3]);
  expect(found.colours).toBeNull();
});

test("an STL is the same as text and as bytes", () => {
  const solid = text("solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid");
  const binary = joined(new Uint8Array(80), packed("i", 1), packed("f", 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0), packed("s", 0));
  for (const bytes of [solid, binary]) {
    const found = readModel("model/stl", bytes);
    expect([...found.positions]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0]);
    expect([...found.triangles!]).toEqual([0, 1, 2]);
  }
});

test("an OBJ counts from one and back from the last, and tells what is left out", () => {
  const found = readModel("model/obj", text("mtllib a.mtl\nv 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 1 1 0 0 0 1\nv 0 1 0 1 1 1\nf 1/1/1 2//2 3 4\nf -4 -3 -2\n"));
  expect([...found.triangles!]).toEqual([0, 1, 2, 0, 2, 3, 0, 1, 2]);
  expect([...found.colours!.subarray(0, 6)]).toEqual([255, 0, 0, 0, 255, 0]);
  expect(found.left).toEqual(["materials and textures are not drawn"]);
});

test("splats are points of their colours", () => {
  const found = readModel("model/splat", packed("ffffffbbbbbbbb", 1, 2, 3, 0, 0, 0, 9, 8, 7, 255, 0, 0, 0, 0));
  expect([...found.positions, ...found.colours!]).toEqual([1, 2, 3, 9, 8, 7]);
});

function gltf(more: object = {}, primitive: object = {}): object {
  return {
    asset: { version: "2.0" },
    scenes: [{ nodes: [0] }],
    nodes: [{ translation: [10, 0, 0], children: [1] }, { mesh: 0, scale: [2, 2, 2] }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0, ...primitive }] }],
    materials: [{ pbrMetallicRoughness: { baseColorFactor: [1, 0, 0, 1], baseColorTexture: { index: 0 } } }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: "VEC3" },
      { bufferView: 1, componentType: 5123, count: 3, type: "SCALAR" },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: 36 },
      { buffer: 0, byteOffset: 36, byteLength: 6 },
    ],
    buffers: [{ byteLength: 44 }],
    ...more,
  };
}

const BUFFER = joined(packed("f", 0, 0, 0, 1, 0, 0, 0, 1, 0), packed("s", 0, 1, 2, 0));

function glb(document: object): Uint8Array {
  const json = text(JSON.stringify(document).padEnd(Math.ceil(JSON.stringify(document).length / 4) * 4));
  const size = 12 + 8 + json.length + 8 + BUFFER.length;
  return joined(packed("i", 0x46546c67, 2, size, json.length, 0x4e4f534a), json, packed("i", BUFFER.length, 0x004e4942), BUFFER);
}

test("a GLB is placed by its nodes and painted by its materials", () => {
  const found = readModel("model/gltf-binary", glb(gltf()));
  expect([...found.positions]).toEqual([10, 0, 0, 12, 0, 0, 10, 2, 0]);
  expect([...found.triangles!]).toEqual([0, 1, 2]);
  expect([...found.colours!.subarray(0, 3)]).toEqual([255, 0, 0]);
  expect(found.left).toEqual(["textures are not drawn"]);
});

test("a glTF with its buffer inside is the same, strips and clouds too", () => {
  const uri = `data:application/octet-stream;base64,${btoa(String.fromCodePoint(...BUFFER))}`;
  const inside = { buffers: [{ byteLength: 44, uri }] };
  const read = (primitive: object) => readModel("model/gltf+json", text(JSON.stringify(gltf(inside, primitive))));
  expect([...read({}).positions]).toEqual([10, 0, 0, 12, 0, 0, 10, 2, 0]);
  expect([...read({ mode: 5 }).triangles!]).toEqual([0, 1, 2]);
  expect(read({ mode: 0 }).triangles).toBeNull();
});

test("what cannot be drawn says why", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ["model/ply", text("no"), /header/],
    ["model/ply", CLOUD.subarray(0, CLOUD.length - 3), /ends before/],
    ["model/ply", text("ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n0\n"), /no x, y and z/],
    ["model/ply", text(new TextDecoder().decode(SQUARE).replace("4 0 1 2 3", "3 0 1 9")), /names vertex 9 of 4/],
    ["model/stl", text("solid"), /no facets/],
    ["model/obj", text("f 1 2 3"), /no vertices/],
    ["model/gltf+json", text("{"), /not JSON/],
    ["model/gltf+json", text(JSON.stringify(gltf({ buffers: [{ uri: "a.bin", byteLength: 44 }] }))), /not inside/],
    ["model/gltf-binary", glb(gltf({ extensionsRequired: ["KHR_draco_mesh_compression"] })), /KHR_draco_mesh_compression: compressed/],
    ["model/gltf-binary", glb(gltf({ bufferViews: [{ buffer: 0, byteOffset: 40, byteLength: 36 }] })), /ends before|not read/],
    ["model/fbx", text(""), /type model\/fbx are not drawn/],
  ];
  for (const [mime, bytes, why] of cases) {
    expect(() => readModel(mime, bytes)).toThrow(NotDrawn);
    expect(() => readModel(mime, bytes)).toThrow(why);
  }
});
