import type { XAxis } from "../chart/index.ts";

export type Tab = "charts" | "media" | "tables" | "runs";
export type Sidebar = "shown" | "collapsed" | "hidden";

/** The page as its address says it; null where the address is silent. */
export interface PageState {
  project: string | null;
  tab: Tab;
  metrics: string[] | null;
  metricFilter: string;
  runs: string[] | null;
  runIds: string[] | null;
  selectedRun: string | null;
  sidebar: Sidebar;
  navbar: boolean;
  accordion: boolean;
  smoothing: number | null;
  xAxis: XAxis | null;
  xMin: number | null;
  xMax: number | null;
  plotsPerRow: number | null;
  group: string | null;
  theme: "light" | "dark" | null;
}

const TABS: readonly string[] = ["charts", "media", "tables", "runs"];
const AXES: readonly string[] = ["step", "time", "relative"];
const HEAVIEST_SMOOTHING = 0.999;

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

export function parsePage(search: string): PageState {
  const fields = new URLSearchParams(search);
  const perRow = numberOf(fields.get("plots_per_row"));
  return {
    project: fields.get("project") || fields.get("selected_project") || null,
    tab: oneOf<Tab>(fields.get("tab"), TABS) ?? "charts",
    metrics: listOf(fields.get("metrics")),
    metricFilter: fields.get("metric_filter") ?? "",
    runs: listOf(fields.get("runs")),
    runIds: listOf(fields.get("run_ids")),
    selectedRun: fields.get("selected_run_id") || null,
    sidebar: oneOf<Sidebar>(fields.get("sidebar"), ["hidden", "collapsed"]) ?? "shown",
    navbar: fields.get("navbar") !== "hidden",
    accordion: fields.get("accordion") !== "hidden",
    smoothing: smoothingOf(fields.get("smoothing")),
    xAxis: oneOf<XAxis>(fields.get("x_axis") ?? fields.get("x-axis"), AXES),
    xMin: numberOf(fields.get("xmin")),
    xMax: numberOf(fields.get("xmax")),
    plotsPerRow: perRow === null ? null : Math.max(1, Math.min(8, Math.round(perRow))),
    group: fields.get("group") || null,
    theme: oneOf(fields.get("__theme"), ["light", "dark"]),
  };
}

function named(page: PageState): Record<string, string | null> {
  const number = (value: number | null): string | null => (value === null ? null : String(value));
  return {
    project: page.project,
    tab: page.tab === "charts" ? null : page.tab,
    metrics: page.metrics?.join(",") ?? null,
    metric_filter: page.metricFilter || null,
    runs: page.runs?.join(",") ?? null,
    run_ids: page.runIds?.join(",") ?? null,
    selected_run_id: page.selectedRun,
    sidebar: page.sidebar === "shown" ? null : page.sidebar,
    navbar: page.navbar ? null : "hidden",
    accordion: page.accordion ? null : "hidden",
    smoothing: number(page.smoothing),
    x_axis: page.xAxis,
    xmin: number(page.xMin),
    xmax: number(page.xMax),
    plots_per_row: number(page.plotsPerRow),
    group: page.group,
    __theme: page.theme,
  };
}

/** Returns the query of an address for this page; fields of others in `search` stay as they are. */
export function formatPage(page: PageState, search = ""): string {
  const fields = new URLSearchParams(search);
  fields.delete("selected_project");
  fields.delete("x-axis");
  for (const [name, value] of Object.entries(named(page))) {
    if (value === null) fields.delete(name);
    else fields.set(name, value);
  }
  // Commas and slashes are legal in a query, and an address is read by people.
  const text = fields.toString().replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text ? `?${text}` : "";
}
