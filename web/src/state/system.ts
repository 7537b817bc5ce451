import { natural } from "./natural.ts";

/** A series of a system chart, and what it is called there. */
export interface SystemLine {
  name: string;
  label: string;
}

/** System metrics that are drawn together: of each device, and of what is measured alike. */
export interface SystemChart {
  title: string;
  unit: string | null;
  lines: SystemLine[];
}

/** Last parts of names that make one chart, by what it is called. */
const FAMILIES: Record<string, readonly string[]> = {
  capacity: ["used", "available", "total"],
  memory: ["allocated_memory", "total_memory"],
  throughput: ["read_mb_per_sec", "write_mb_per_sec", "sent_mb_per_sec", "recv_mb_per_sec"],
  operations: ["read_iops", "write_iops"],
  power: ["power", "power_limit"],
  throttled: ["throttle_thermal", "throttle_power", "throttle_hw_slowdown", "throttle_apps"],
  errors: ["corrected_memory_errors", "uncorrected_memory_errors"],
  count: ["count_logical", "count_physical"],
  frequency: ["frequency", "frequency_max"],
};
const FAMILY_OF = new Map(Object.entries(FAMILIES).flatMap(([family, parts]) => parts.map((part) => [part, family])));

const UNITS: readonly [RegExp, string][] = [
  [/(^|\/|_)(utilization|percent|fan_speed)$/, "%"],
  [/\/(used|available|total)$|(^|\/|_)(allocated|total)_memory$|total_allocated_memory$/, "GiB"],
  [/_mb_per_sec$|\/pcie_[tr]x$/, "MiB/s"],
  [/_iops$/, "1/s"],
  [/(^|\/|_)power(_limit)?$/, "W"],
  [/_clock$|\/frequency(_max)?$/, "MHz"],
  [/(^|\/|_)temp(\/|$)/, "°C"],
  [/\/energy_consumed$/, "J"],
];

/** What comes first on the page. */
const ORDER = ["gpu", "cpu", "memory", "swap", "disk", "network", "temp"];
const FIRST = ["utilization", "mean_utilization", "memory", "capacity", "percent", "power", "temp"];

function unitOf(name: string): string | null {
  return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

function placeIn(list: readonly string[], part: string | undefined): number {
  const at = list.indexOf(part ?? "");
  return at < 0 ? list.length : at;
}

/** Devices in their order, of each the busiest first. */
function inOrder(a: SystemChart, b: SystemChart): number {
  const [one, other] = [a.title.split("/"), b.title.split("/")];
  return placeIn(ORDER, one[0]) - placeIn(ORDER, other[0]) || placeIn(FIRST, one.at(-1)) - placeIn(FIRST, other.at(-1)) || natural(a.title, b.title);
}

/** The chart that a name belongs to: numbers of devices stand open, and what is measured alike has one name. */
function titleOf(name: string): string {
  const parts = name.split("/").map((part) => (/^\d+$/.test(part) ? "*" : part));
  if (parts[0] === "temp") return "temp";
  const last = parts.pop()!;
  return [...parts, FAMILY_OF.get(last) ?? last].join("/");
}

/** What tells a name from the others of its chart. */
function labelOf(name: string, title: string): string {
  const parts = name.split("/");
  if (title === "temp") return parts.slice(1).join("/");
  const devices = parts.filter((part) => /^\d+$/.test(part));
  const last = parts.at(-1)!;
  const kind = FAMILY_OF.has(last) ? last : "";
  return [...devices, kind].filter((part) => part !== "").join(" ") || last;
}

/** Returns the charts of system metrics, those of GPUs first. */
export function systemCharts(names: readonly string[]): SystemChart[] {
  const charts = new Map<string, SystemChart>();
  for (const name of names.toSorted(natural)) {
    const title = titleOf(name);
    const chart = charts.get(title) ?? { title, unit: unitOf(name), lines: [] };
    charts.set(title, chart);
    chart.lines.push({ name, label: labelOf(name, title) });
  }
  return [...charts.values()].sort(inOrder);
}
