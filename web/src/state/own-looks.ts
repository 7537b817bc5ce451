import type { Best, ScaleKind } from "../chart/index.ts";
import { isMembers } from "./sources.ts";
import type { Members } from "./sources.ts";

/** What one chart has otherwise than all others; null where it does as they do. */
export interface OwnLook {
  yScale: ScaleKind | null;
  smoothing: number | null;
  members: Members | null;
  /** The best value so far is drawn, which is the least or the greatest. */
  best: Best | null;
  /** Where the y axis ends, whatever is drawn. */
  yMin: number | null;
  yMax: number | null;
}

export type OwnLooks = ReadonlyMap<string, OwnLook>;

export const NO_LOOK: OwnLook = { yScale: null, smoothing: null, members: null, best: null, yMin: null, yMax: null };
const SCALES: ReadonlySet<string> = new Set(["linear", "log", "symlog"]);
const HEAVIEST = 0.9999;
const NAMED = /^(members|best|ymin|ymax)=(.*)$/;

const numberOf = (text: string | undefined): number | null => (text === undefined || text === "" || !Number.isFinite(Number(text)) ? null : Number(text));

/** Takes `key=value` off the end of a look's parts. */
function takeNamed(parts: string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (let match = NAMED.exec(parts.at(-1) ?? ""); match; match = NAMED.exec(parts.at(-1) ?? "")) {
    found.set(match[1]!, match[2]!);
    parts.pop();
  }
  return found;
}

function parsed(text: string): [string, OwnLook] {
  const parts = text.split(":");
  const named = takeNamed(parts);
  const [scale = "", smoothing] = parts.slice(-2);
  const weight = numberOf(smoothing);
  const [members, best] = [named.get("members"), named.get("best")];
  const look: OwnLook = {
    yScale: SCALES.has(scale) ? (scale as ScaleKind) : null,
    smoothing: weight !== null && weight >= 0 && weight <= HEAVIEST ? weight : null,
    members: isMembers(members) ? members : null,
    best: best === "min" || best === "max" ? best : null,
    yMin: numberOf(named.get("ymin")),
    yMax: numberOf(named.get("ymax")),
  };
  return [parts.slice(0, -2).join(":"), look];
}

function isNothing(look: OwnLook): boolean {
  return Object.values(look).every((value) => value === null);
}

/** Reads `name:scale:smoothing`, either of them left out, and what follows as `:key=value`. */
export function parseOwnLooks(texts: readonly string[]): OwnLooks {
  return new Map(texts.map(parsed).filter(([name, look]) => name !== "" && !isNothing(look)));
}

export function ownLookTexts(looks: OwnLooks): string[] {
  return [...looks].map(([name, { yScale, smoothing, members, best, yMin, yMax }]) => {
    const named = Object.entries({ members, best, ymin: yMin, ymax: yMax }).filter(([, value]) => value !== null);
    return [name, yScale ?? "", smoothing ?? "", ...named.map(([key, value]) => `${key}=${value}`)].join(":");
  });
}

/** Returns the looks with a chart's changed; one that has nothing of its own is left out. */
export function withOwnLook(looks: OwnLooks, metric: string, part: Partial<OwnLook>): OwnLooks {
  const next = new Map(looks);
  const look = { ...NO_LOOK, ...looks.get(metric), ...part };
  if (isNothing(look)) next.delete(metric);
  else next.set(metric, look);
  return next;
}
