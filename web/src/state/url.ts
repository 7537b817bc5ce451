import type { Bands, Range, ScaleKind, SmoothingKind, View } from "../chart/index.ts";
import { alertsViewFields, parseAlertsView } from "./alerts-view.ts";
import type { AlertsView } from "./alerts-view.ts";
import { cardsViewFields, parseCardsView } from "./cards-view.ts";
import type { CardsView } from "./cards-view.ts";
import { ownLookTexts, parseOwnLooks } from "./own-looks.ts";
import type { OwnLooks } from "./own-looks.ts";
import { parseRunsView, runsViewFields } from "./runs-view.ts";
import type { RunsView } from "./runs-view.ts";
import { mediaViewFields, parseMediaView } from "./media-address.ts";
import type { MediaView } from "./media-address.ts";
import { isMembers } from "./sources.ts";
import type { Members } from "./sources.ts";
import type { Outcome } from "./sweep.ts";

export type Tab = "charts" | "media" | "traces" | "tables" | "runs" | "compare" | "alerts";
export type Sidebar = "shown" | "collapsed" | "hidden";
export type Height = "small" | "medium" | "large";
export type HistogramLook = "heat" | "ridges";
/** What the band about the mean of a group is. */
export type Spread = "std" | "stderr" | "range" | "quartiles" | "none";

/** The page as its address says it; null where the address is silent. */
export interface PageState extends RunsView, MediaView, CardsView, AlertsView {
  project: string | null;
  /** Id of a saved view that is to be opened. */
  saved: string | null;
  tab: Tab;
  metrics: string[] | null;
  metricFilter: string;
  runs: string[] | null;
  runIds: string[] | null;
  selectedRun: string | null;
  sidebar: Sidebar;
  navbar: boolean;
  accordion: boolean;
  /** Tabs with nothing in them are left out. */
  hideEmptyTabs: boolean;
  /** Shown in a frame of another page, as nothing but charts. */
  embed: boolean;
  smoothing: number | null;
  smoothingKind: SmoothingKind | null;
  /** `step`, `time`, `relative`, or the name of a metric. */
  xAxis: string | null;
  xMin: number | null;
  xMax: number | null;
  /** What single charts show apart from that: a height, or a range of their own where zooming is not linked. */
  views: ReadonlyMap<string, View>;
  /** How single charts look, other than all. */
  own: OwnLooks;
  linked: boolean;
  /** A zoom that reaches the end goes on with it. */
  follow: boolean;
  /** The fixed cursor. */
  cursor: number | null;
  logX: boolean | null;
  yScale: ScaleKind | null;
  outliers: boolean | null;
  bands: Bands | null;
  plotsPerRow: number | null;
  height: Height | null;
  pinned: string[];
  /** The metric whose chart fills the window. */
  full: string | null;
  /** The metric whose dependence on the configuration is shown. */
  sweep: string | null;
  sweepOf: Outcome;
  /** The key of the configuration that it is drawn over. */
  sweepX: string | null;
  group: string | null;
  spread: Spread | null;
  histograms: HistogramLook | null;
  members: Members | null;
  theme: "light" | "dark" | null;
}

const TABS: readonly string[] = ["charts", "media", "traces", "tables", "runs", "compare", "alerts"];
const HEAVIEST_SMOOTHING = 0.9999;

/** Fields that say how charts are drawn: an address with any of them shows the same to everybody. */
const VIEW_FIELDS = [
  "smoothing", "smoothing_kind", "x_axis", "x-axis", "xmin", "xmax", "view", "own", "linked", "log_x", "y_scale", "outliers", "bands", "plots_per_row",
  "height", "group", "spread", "histograms", "members",
];

function listOf(text: string | null): string[] | null {
  const parts = (text ?? "").split(",").filter((part) => part !== "");
  return parts.length > 0 ? parts : null;
}

function numberOf(text: string | null): number | null {
  if (text === null || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** A weight below 1 as it is; from 1 on, a window of so many points as trackio's own addresses have it. */
function smoothingOf(text: string | null): number | null {
  const value = numberOf(text);
  if (value === null || value < 0) return null;
  return Math.min(HEAVIEST_SMOOTHING, value < 1 ? value : (value - 1) / (value + 1));
}

function oneOf<T extends string>(text: string | null, known: readonly string[]): T | null {
  return text !== null && known.includes(text) ? (text as T) : null;
}

const membersField = (text: string | null): Members | null => (isMembers(text) && text !== "main" ? text : null);

function flagOf(text: string | null): boolean | null {
  if (text === null) return null;
  return text === "1" || text === "true" ? true : text === "0" || text === "false" ? false : null;
}

const rangeOf = (lo: number | null, hi: number | null): Range | null => (lo !== null && hi !== null && lo < hi ? [lo, hi] : null);

/** `name:x0:x1:y0:y1`, numbers left out where there is no range. */
function viewsOf(texts: readonly string[]): ReadonlyMap<string, View> {
  const views = new Map<string, View>();
  for (const text of texts) {
    const parts = text.split(":");
    const [x0, x1, y0, y1] = parts.slice(-4).map(numberOf);
    const view = { x: rangeOf(x0 ?? null, x1 ?? null), y: rangeOf(y0 ?? null, y1 ?? null) };
    const name = parts.slice(0, -4).join(":");
    if (name !== "" && (view.x || view.y)) views.set(name, view);
  }
  return views;
}

function viewTexts(views: ReadonlyMap<string, View>): string[] {
  return [...views].map(([name, { x, y }]) => [name, ...(x ?? ["", ""]), ...(y ?? ["", ""])].join(":"));
}

export function parsePage(search: string): PageState {
  const fields = new URLSearchParams(search);
  const perRow = numberOf(fields.get("plots_per_row"));
  return {
    ...parseRunsView(fields),
    ...parseCardsView(fields),
    ...parseMediaView(fields),
    ...parseAlertsView(fields),
    project: fields.get("project") || fields.get("selected_project") || null,
    saved: fields.get("saved") || null,
    tab: oneOf<Tab>(fields.get("tab"), TABS) ?? "charts",
    metrics: listOf(fields.get("metrics")),
    metricFilter: fields.get("metric_filter") ?? "",
    runs: listOf(fields.get("runs")),
    runIds: listOf(fields.get("run_ids")),
    selectedRun: fields.get("selected_run_id") || null,
    sidebar: oneOf<Sidebar>(fields.get("sidebar"), ["hidden", "collapsed"]) ?? "shown",
    navbar: fields.get("navbar") !== "hidden",
    accordion: fields.get("accordion") !== "hidden",
    hideEmptyTabs: flagOf(fields.get("hide_empty_tabs")) ?? true,
    embed: flagOf(fields.get("embed")) ?? false,
    smoothing: smoothingOf(fields.get("smoothing")),
    smoothingKind: oneOf<SmoothingKind>(fields.get("smoothing_kind"), ["ema", "twema", "gaussian", "mean"]),
    xAxis: fields.get("x_axis") || fields.get("x-axis") || null,
    xMin: numberOf(fields.get("xmin")),
    xMax: numberOf(fields.get("xmax")),
    views: viewsOf(fields.getAll("view")),
    own: parseOwnLooks(fields.getAll("own")),
    linked: flagOf(fields.get("linked")) ?? true,
    follow: flagOf(fields.get("follow")) ?? false,
    cursor: numberOf(fields.get("cursor")),
    logX: flagOf(fields.get("log_x")),
    yScale: oneOf<ScaleKind>(fields.get("y_scale"), ["linear", "log", "symlog"]),
    outliers: flagOf(fields.get("outliers")),
    bands: oneOf<Bands>(fields.get("bands"), ["auto", "on", "off"]),
    plotsPerRow: perRow === null ? null : Math.max(1, Math.min(8, Math.round(perRow))),
    height: oneOf<Height>(fields.get("height"), ["small", "medium", "large"]),
    pinned: fields.getAll("pinned").filter((name) => name !== ""),
    full: fields.get("full") || null,
    sweep: fields.get("sweep") || null,
    sweepOf: oneOf<Outcome>(fields.get("sweep_of"), ["last", "min", "max"]) ?? "last",
    sweepX: fields.get("sweep_x") || null,
    group: fields.get("group") || null,
    spread: oneOf<Spread>(fields.get("spread"), ["std", "stderr", "range", "quartiles", "none"]),
    histograms: oneOf<HistogramLook>(fields.get("histograms"), ["heat", "ridges"]),
    members: membersField(fields.get("members")),
    theme: oneOf(fields.get("__theme"), ["light", "dark"]),
  };
}

type Field = string | readonly string[] | null;

function named(page: PageState): Record<string, Field> {
  const number = (value: number | null): string | null => (value === null ? null : String(value));
  const flag = (value: boolean | null): string | null => (value === null ? null : value ? "1" : "0");
  return {
    ...runsViewFields(page),
    ...cardsViewFields(page),
    ...mediaViewFields(page),
    ...alertsViewFields(page),
    project: page.project,
    saved: page.saved,
    tab: page.tab === "charts" ? null : page.tab,
    metrics: page.metrics?.join(",") ?? null,
    metric_filter: page.metricFilter || null,
    runs: page.runs?.join(",") ?? null,
    run_ids: page.runIds?.join(",") ?? null,
    selected_run_id: page.selectedRun,
    sidebar: page.sidebar === "shown" ? null : page.sidebar,
    navbar: page.navbar ? null : "hidden",
    accordion: page.accordion ? null : "hidden",
    hide_empty_tabs: page.hideEmptyTabs ? null : "0",
    embed: page.embed ? "1" : null,
    smoothing: number(page.smoothing),
    smoothing_kind: page.smoothingKind,
    x_axis: page.xAxis,
    xmin: number(page.xMin),
    xmax: number(page.xMax),
    view: viewTexts(page.views),
    own: ownLookTexts(page.own),
    linked: page.linked ? null : "0",
    follow: page.follow ? "1" : null,
    cursor: number(page.cursor),
    log_x: flag(page.logX),
    y_scale: page.yScale,
    outliers: flag(page.outliers),
    bands: page.bands,
    plots_per_row: number(page.plotsPerRow),
    height: page.height,
    pinned: page.pinned,
    full: page.full,
    sweep: page.sweep,
    sweep_of: page.sweepOf === "last" ? null : page.sweepOf,
    sweep_x: page.sweepX,
    group: page.group,
    spread: page.spread,
    histograms: page.histograms,
    members: page.members,
    __theme: page.theme,
  };
}

/** Whether an address says how charts are drawn. */
export function saysView(search: string): boolean {
  const fields = new URLSearchParams(search);
  return VIEW_FIELDS.some((name) => fields.has(name));
}

/** Whether an address says nothing but whose page it is. */
export function saysNothing(search: string): boolean {
  return [...new URLSearchParams(search).keys()].every((name) => name === "project" || name === "selected_project" || name === "__theme");
}

/** Returns the query of an address for this page; fields of others in `search` stay as they are. */
export function formatPage(page: PageState, search = ""): string {
  const fields = new URLSearchParams(search);
  fields.delete("selected_project");
  fields.delete("x-axis");
  for (const [name, value] of Object.entries(named(page))) {
    const [first, ...more] = typeof value === "string" ? [value] : (value ?? []);
    if (first === undefined) fields.delete(name);
    else fields.set(name, first);
    for (const each of more) fields.append(name, each);
  }
  // Commas, slashes, colons and equals signs are legal in a value, and an address is read by people.
  const text = fields.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%3D", "=");
  return text ? `?${text}` : "";
}
