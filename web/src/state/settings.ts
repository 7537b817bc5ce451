import { computed, effect, signal } from "@preact/signals";
import type { Bands, ScaleKind, Smoothing, SmoothingKind, XAxis } from "../chart/index.ts";
import { bare, page, show } from "./address.ts";
import type { CardsView } from "./cards-view.ts";
import { withOwnLook } from "./own-looks.ts";
import type { OwnLook } from "./own-looks.ts";
import type { Members } from "./sources.ts";
import { saysView } from "./url.ts";
import type { Height, HistogramLook, PageState, Spread } from "./url.ts";

export type ThemeChoice = "light" | "dark" | "system";

/** How charts are drawn, as the address says it or as it was chosen last. */
export type Looks = Pick<
  PageState,
  "xAxis" | "smoothing" | "smoothingKind" | "logX" | "yScale" | "outliers" | "bands" | "plotsPerRow" | "height" | "group" | "spread" | "histograms" | "members"
>;

export interface Settings {
  theme: ThemeChoice;
  looks: Partial<Looks>;
  /** By project: metrics kept on top. */
  pinned: Record<string, string[]>;
  /** By project: how charts share cards, and their order. */
  cards: Record<string, CardsView>;
  /** Sections of charts, groups of runs, by project and title, that are folded away. */
  folded: string[];
  /** Widths of columns of the table of runs, in pixels, by their ids. */
  widths: Record<string, number>;
  /** Single letters are keys of the page. */
  keys: boolean;
}

const DEFAULTS: Settings = { theme: "system", looks: {}, pinned: {}, cards: {}, folded: [], widths: {}, keys: true };
const STORED = "trackio.settings";
const MOST_FOLDED = 500;

function stored(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<Settings>) };
  } catch {
    // Storage may be closed to framed pages, or hold what another version wrote.
    return DEFAULTS;
  }
}

export const settings = signal<Settings>(stored());

effect(() => {
  const text = JSON.stringify(settings.value);
  try {
    localStorage.setItem(STORED, text);
  } catch {
    // As above; the choice then lasts as long as the page.
  }
});

export function set(part: Partial<Settings>): void {
  settings.value = { ...settings.value, ...part };
}

// An address that says nothing about it is drawn as this reader likes it, and says so from then on.
if (!saysView(location.search) && !bare.peek()) show(settings.peek().looks);

function look(part: Partial<Looks>): void {
  set({ looks: { ...settings.peek().looks, ...part } });
  show(part);
}

/** The axis by its kind, and by the metric's name where it is one. */
export const xAxis = computed<XAxis>(() => {
  const name = page.value.xAxis ?? "step";
  return name === "step" || name === "time" || name === "relative" ? name : "metric";
});
export const xName = computed(() => page.value.xAxis ?? "step");
const smoothingKind = computed<SmoothingKind>(() => page.value.smoothingKind ?? "ema");
const smoothingWeight = computed(() => page.value.smoothing ?? 0);
export const smoothing = computed<Smoothing>(() => ({ kind: smoothingKind.value, weight: smoothingWeight.value }));
export const logX = computed(() => page.value.logX ?? false);
export const yScale = computed<ScaleKind>(() => page.value.yScale ?? "linear");
/** Leave outliers out of the y range. */
export const outliers = computed(() => page.value.outliers ?? false);
export const bands = computed<Bands>(() => page.value.bands ?? "auto");
export const groupBy = computed(() => page.value.group);
export const spread = computed<Spread>(() => page.value.spread ?? "std");
/** Which processes of each run are drawn. */
export const members = computed<Members>(() => page.value.members ?? "main");
export const histograms = computed<HistogramLook>(() => page.value.histograms ?? "heat");
/** Whether charts lie in sections. */
export const accordion = computed(() => page.value.accordion);
export const plotsPerRow = computed(() => page.value.plotsPerRow);
export const height = computed<Height>(() => page.value.height ?? "medium");

export function setXAxis(axis: string): void {
  look({ xAxis: axis === "step" ? null : axis });
  // A range in steps means nothing in seconds.
  show({ xMin: null, xMax: null, views: new Map(), cursor: null, follow: false });
}

export function setSmoothing(weight: number, kind: SmoothingKind = smoothing.peek().kind): void {
  look({ smoothing: weight > 0 ? weight : null, smoothingKind: kind === "ema" ? null : kind });
}

/** Makes one chart look otherwise than all; null takes it back. */
export function setOwnLook(metric: string, part: Partial<OwnLook>): void {
  show({ own: withOwnLook(page.peek().own, metric, part) });
}

export function setLogX(on: boolean): void {
  look({ logX: on || null });
}

export function setYScale(kind: ScaleKind): void {
  look({ yScale: kind === "linear" ? null : kind });
}

export function setOutliers(on: boolean): void {
  look({ outliers: on || null });
}

export function setBands(how: Bands): void {
  look({ bands: how === "auto" ? null : how });
}

export function setGroupBy(key: string | null): void {
  look({ group: key });
}

export function setSpread(how: Spread): void {
  look({ spread: how === "std" ? null : how });
}

export function setMembers(which: Members): void {
  look({ members: which === "main" ? null : which });
}

export function setHistograms(how: HistogramLook): void {
  look({ histograms: how === "heat" ? null : how });
}

export function setPlotsPerRow(count: number | null): void {
  look({ plotsPerRow: count });
}

export function setHeight(how: Height): void {
  look({ height: how === "medium" ? null : how });
}

export const folded = computed(() => new Set(settings.value.folded));

export function fold(name: string, closed: boolean): void {
  const rest = settings.value.folded.filter((other) => other !== name);
  set({ folded: closed ? [...rest, name].slice(-MOST_FOLDED) : rest });
}
