import type { ScaleKind } from "../chart/index.ts";

/** What one chart has otherwise than all others; null where it does as they do. */
export interface OwnLook {
  yScale: ScaleKind | null;
  smoothing: number | null;
}

export type OwnLooks = ReadonlyMap<string, OwnLook>;

const SCALES: ReadonlySet<string> = new Set(["linear", "log", "symlog"]);
const HEAVIEST = 0.9999;

/** Reads `name:scale:smoothing`, either of them left out. */
export function parseOwnLooks(texts: readonly string[]): OwnLooks {
  const looks = new Map<string, OwnLook>();
  for (const text of texts) {
    const parts = text.split(":");
    const [scale = "", smoothing = ""] = parts.slice(-2);
    const name = parts.slice(0, -2).join(":");
    const weight = smoothing === "" ? Number.NaN : Number(smoothing);
    const look: OwnLook = {
      yScale: SCALES.has(scale) ? (scale as ScaleKind) : null,
      smoothing: weight >= 0 && weight <= HEAVIEST ? weight : null,
    };
    if (name !== "" && (look.yScale !== null || look.smoothing !== null)) looks.set(name, look);
  }
  return looks;
}

export function ownLookTexts(looks: OwnLooks): string[] {
  return [...looks].map(([name, { yScale, smoothing }]) => `${name}:${yScale ?? ""}:${smoothing ?? ""}`);
}

/** Returns the looks with a chart's changed; one that has nothing of its own is left out. */
export function withOwnLook(looks: OwnLooks, metric: string, part: Partial<OwnLook>): OwnLooks {
  const next = new Map(looks);
  const look = { yScale: null, smoothing: null, ...looks.get(metric), ...part };
  if (look.yScale === null && look.smoothing === null) next.delete(metric);
  else next.set(metric, look);
  return next;
}
