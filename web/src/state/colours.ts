import type { Run } from "../api/types.ts";

/** Ten hues that stay apart for colour-blind eyes and on either surface; beyond ten, dashes tell lines apart. */
const LIGHT = ["#3f96ef", "#a21724", "#bf8a07", "#583bab", "#198d66", "#ea64a4", "#a951aa", "#8e1a76", "#715ee7", "#ba5614"] as const;
const DARK = ["#5dcdfe", "#c85c12", "#fad00f", "#8769da", "#73f79c", "#f46377", "#fe9dca", "#b688bf", "#689dfb", "#f78f30"] as const;
const DASHES: readonly (number[] | undefined)[] = [undefined, [8, 4], [2, 3]];

/** Returns the colours of slots; a palette of the server's own holds on either surface. */
export function paletteOf(theme: "light" | "dark", own: readonly string[] = []): readonly string[] {
  return own.length > 0 ? own : theme === "light" ? LIGHT : DARK;
}

export function colourOf(slot: number, theme: "light" | "dark", own: readonly string[] = []): string {
  const palette = paletteOf(theme, own);
  return palette[slot % palette.length]!;
}

export function dashOf(slot: number, colours: number = LIGHT.length): number[] | undefined {
  return DASHES[Math.floor(slot / colours) % DASHES.length];
}

/** Returns the slot that a run is drawn in: its own, or the one that somebody chose for it. */
export function slotOf(run: Run): number {
  return run.colour ?? run.slot;
}
