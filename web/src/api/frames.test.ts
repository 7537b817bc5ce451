import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FrameReader, decodeFrames, floats } from "./frames.ts";

interface Golden {
  header: Record<string, unknown>;
  columns: Record<string, (number | string)[]>;
}

function golden(name: string): { bytes: Uint8Array; expected: Golden } {
  const path = (ending: string): URL => new URL(`../../../tests/golden/${name}.${ending}`, import.meta.url);
  return {
    bytes: new Uint8Array(readFileSync(path("bin"))),
    expected: JSON.parse(readFileSync(path("json"), "utf8")) as Golden,
  };
}

describe.each(["frame_raw", "frame_bucketed"])("%s", (name) => {
  const { bytes, expected } = golden(name);

  it("decodes to what the golden file says", () => {
    const [frame] = decodeFrames(bytes.slice().buffer);
    expect(frame!.header).toEqual(expected.header);
    for (const [column, values] of Object.entries(expected.columns)) {
      expect([...floats(frame!, column)]).toEqual(values.map(Number));
    }
  });

  it("decodes from any split of its bytes, one frame after another", () => {
    const twice = new Uint8Array(bytes.length * 2);
    twice.set(bytes);
    twice.set(bytes, bytes.length);
    for (const size of [1, 3, 8, 61, bytes.length - 1]) {
      const reader = new FrameReader();
      let found = 0;
      for (let at = 0; at < twice.length; at += size) found += reader.push(twice.subarray(at, at + size)).length;
      reader.end();
      expect(found).toBe(2);
    }
  });

  it("is refused when it is cut short", () => {
    expect(() => decodeFrames(bytes.slice(0, -8).buffer)).toThrow("ended");
  });
});

it("keeps the sign of zero and what is not finite", () => {
  const [frame] = decodeFrames(golden("frame_raw").bytes.slice().buffer);
  expect([...floats(frame!, "value")]).toEqual([0.5, Number.NaN, Infinity, -Infinity, -0]);
});
