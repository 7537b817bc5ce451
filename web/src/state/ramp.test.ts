import { expect, it } from "vitest";
import { rampAt, rampGradient } from "./ramp.ts";

it("goes from dark to bright, and no further", () => {
  const all = [-1, 0, 0.5, 1, 2].map((place) => rampAt(place, "light"));
  expect(all).toEqual(["#482878", "#482878", "#1f8b8d", "#929814", "#929814"]);
  expect(rampAt(0.125, "dark")).toBe("#697bd5");
});

it("is the same as a background", () => {
  expect(rampGradient("dark")).toMatch(/^linear-gradient\(to right, #8269d2, .*, #e1e646\)$/);
});
