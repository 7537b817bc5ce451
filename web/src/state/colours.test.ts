import { expect, it } from "vitest";
import { colourOf, dashOf } from "./colours.ts";

it("gives a run the same colour whatever else is there", () => {
  expect(colourOf(3, "light")).toBe(colourOf(13, "light"));
  expect(new Set(Array.from({ length: 10 }, (_, slot) => colourOf(slot, "dark"))).size).toBe(10);
});

it("tells runs of one colour apart by dashes", () => {
  expect([dashOf(3), dashOf(13), dashOf(23)]).toEqual([undefined, [8, 4], [2, 3]]);
});

it("draws in a palette of the server's own, which dashes make longer", () => {
  const own = ["#111111", "#222222"];
  expect([0, 1, 2, 3].map((slot) => colourOf(slot, "dark", own))).toEqual(["#111111", "#222222", "#111111", "#222222"]);
  expect([0, 1, 2, 4].map((slot) => dashOf(slot, own.length))).toEqual([undefined, undefined, [8, 4], [2, 3]]);
});

it.each([
  ["light", 255],
  ["dark", 24],
] as const)("can be seen on the %s surface", (theme, surface) => {
  const luminance = (rgb: number[]): number => {
    const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const ground = luminance([surface, surface, surface]);
  for (let slot = 0; slot < 10; slot++) {
    const line = luminance(colourOf(slot, theme).match(/\w\w/g)!.map((hex) => Number.parseInt(hex, 16)));
    const contrast = (Math.max(line, ground) + 0.05) / (Math.min(line, ground) + 0.05);
    expect(contrast).toBeGreaterThan(3);
  }
});
