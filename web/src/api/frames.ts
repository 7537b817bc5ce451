/** Frames of docs/HTTP.md: a length, a JSON header padded with spaces, little-endian columns aligned to 8 bytes. */

import type { SeriesKind } from "./types.ts";

/** Steps, both ends inclusive, between which points cannot be read any more; null where it is not known. */
export type Gap = [number | null, number | null];

export interface FrameHeader {
  run: string;
  metric: string;
  kind: SeriesKind;
  member: number | null;
  n: number;
  raw: boolean;
  total: number;
  extent: [number, number] | null;
  bucket: number | null;
  last_step: number | null;
  /** The first step in buckets whose value is not finite. */
  odd: number | null;
  /** The least and the greatest before the part asked for. */
  before: [number, number] | null;
  missing?: Gap[];
  columns: [string, "f8" | "u4"][];
}

export interface Frame {
  header: FrameHeader;
  columns: Map<string, Float64Array | Uint32Array>;
}

/** A group of runs, folded. */
export interface GroupFrame {
  header: { group: string; metric: string; n: number; extent: [number, number] | null; bucket: number | null; points: number; missing?: Gap[] };
  columns: Frame["columns"];
}

const ALIGNMENT = 8;
const BYTES = { f8: 8, u4: 4 } as const;
const text = new TextDecoder();

function aligned(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

function columnOf(buffer: ArrayBuffer, at: number, n: number, code: "f8" | "u4"): Float64Array | Uint32Array {
  // A frame may begin anywhere in what was received; the copy is what aligns it.
  const bytes = buffer.slice(at, at + n * BYTES[code]);
  return code === "f8" ? new Float64Array(bytes) : new Uint32Array(bytes);
}

/** Returns the frame at `at` and where the next one begins, or null while not all of it is there. */
export function decodeFrame(buffer: ArrayBuffer, at: number, end: number): { frame: Frame; next: number } | null {
  if (end - at < 4) return null;
  const size = new DataView(buffer).getUint32(at, true);
  if (end - at < 4 + size) return null;
  const header = JSON.parse(text.decode(new Uint8Array(buffer, at + 4, size))) as FrameHeader;
  const columns: Frame["columns"] = new Map();
  let next = at + 4 + size;
  for (const [name, code] of header.columns) {
    if (!(code in BYTES)) throw new Error(`frame: column ${name} has the unknown type ${String(code)}`);
    const after = next + aligned(header.n * BYTES[code]);
    if (after > end) return null;
    columns.set(name, columnOf(buffer, next, header.n, code));
    next = after;
  }
  return { frame: { header, columns }, next };
}

/** Takes bytes as they arrive and gives each frame as soon as it is whole. */
export class FrameReader {
  private held = new Uint8Array(0);

  push(chunk: Uint8Array): Frame[] {
    const buffer = new Uint8Array(this.held.length + chunk.length);
    buffer.set(this.held);
    buffer.set(chunk, this.held.length);
    const frames: Frame[] = [];
    let at = 0;
    for (;;) {
      const found = decodeFrame(buffer.buffer, at, buffer.length);
      if (!found) break;
      frames.push(found.frame);
      at = found.next;
    }
    this.held = buffer.slice(at);
    return frames;
  }

  /** Throws when bytes are left that make no whole frame. */
  end(): void {
    if (this.held.length > 0) throw new Error(`frame: the reply ended ${this.held.length} bytes into one`);
  }
}

/** Returns every frame of a message that holds only whole ones. */
export function decodeFrames(buffer: ArrayBuffer): Frame[] {
  const reader = new FrameReader();
  const frames = reader.push(new Uint8Array(buffer));
  reader.end();
  return frames;
}

/** Returns a column as floats; an absent one is empty. */
export function floats(frame: Pick<Frame, "columns">, name: string): Float64Array {
  const column = frame.columns.get(name);
  if (!column) return new Float64Array(0);
  return column instanceof Float64Array ? column : Float64Array.from(column);
}
