import type { Media } from "../api/types.ts";

/** Below this many pixels across, each pixel matters more than smoothness. */
const TINY = 96;

export function isTiny(media: Media): boolean {
  return (media.width ?? TINY) < TINY && (media.height ?? TINY) < TINY;
}
