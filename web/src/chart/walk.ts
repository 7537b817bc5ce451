import type { Frame } from "./frame.ts";
import { nearestIndex } from "./hit.ts";
import type { Hit } from "./hit.ts";
import { places, toPixel, toValue } from "./scale.ts";
import type { Series } from "./types.ts";

export interface Walk {
  points?: number;
  edge?: "first" | "last";
  line?: number;
}

function drawable(s: Series, i: number, f: Frame): boolean {
  const v = s.y[i] as number;
  const x = s.x[i] as number;
  return places(f.sy.kind, v) && x >= f.sx.lo && x <= f.sx.hi;
}

/** The next drawable point from `from` on, or -1. */
function seek(s: Series, from: number, by: 1 | -1, f: Frame): number {
  for (let i = from; i >= 0 && i < s.x.length; i += by) if (drawable(s, i, f)) return i;
  return -1;
}

function chosen(s: Series, now: Hit | undefined, f: Frame, step: Walk): number {
  if (step.edge) return step.edge === "last" ? seek(s, s.x.length - 1, -1, f) : seek(s, 0, 1, f);
  const at = now ? (now.series.x[now.index] as number) : toValue(f.sx, (f.box.left + f.box.right) / 2);
  const start = now?.series === s ? now.index : nearestIndex(s, at);
  const points = now ? (step.points ?? 0) : 0;
  const by = points < 0 ? -1 : 1;
  const next = Math.min(s.x.length - 1, Math.max(0, start + points));
  const found = seek(s, next, by, f);
  return found >= 0 ? found : seek(s, next, by === 1 ? -1 : 1, f);
}

/** Where a key takes the cursor: along a line, or to another line. */
export function target(lines: Series[], now: Hit | undefined, f: Frame, step: Walk): Hit | null {
  const all = lines.filter((s) => !s.line.faint);
  if (all.length === 0) return null;
  const current = now ? all.indexOf(now.series) : 0;
  const s = all[(Math.max(0, current) + (now ? (step.line ?? 0) : 0) + all.length) % all.length] as Series;
  const index = chosen(s, now, f, step);
  if (index < 0) return null;
  return { series: s, index, px: toPixel(f.sx, s.x[index] as number), py: toPixel(f.sy, s.y[index] as number), distance: 0 };
}
