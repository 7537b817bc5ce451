/** From dark to bright, even to the eye, and apart from the surface all the way. */
const RAMPS = {
  light: [[72, 40, 120], [57, 86, 140], [31, 139, 141], [58, 160, 90], [146, 152, 20]],
  dark: [[130, 105, 210], [80, 140, 215], [45, 180, 175], [90, 205, 130], [225, 230, 70]],
} as const;
/** Of what has no value. */
export const NO_VALUE = "#8b94a3";
const STOPS = 9;

/** A colour for a place from 0 to 1, as `#rrggbb`. */
export function rampAt(place: number, theme: "light" | "dark"): string {
  const ramp = RAMPS[theme];
  const at = Math.min(1, Math.max(0, place)) * (ramp.length - 1);
  const low = Math.min(ramp.length - 2, Math.floor(at));
  const mixed = ramp[low]!.map((from, channel) => Math.round(from + (ramp[low + 1]![channel]! - from) * (at - low)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** The whole ramp from left to right, as a background. */
export function rampGradient(theme: "light" | "dark"): string {
  return `linear-gradient(to right, ${Array.from({ length: STOPS }, (_, i) => rampAt(i / (STOPS - 1), theme)).join(", ")})`;
}
