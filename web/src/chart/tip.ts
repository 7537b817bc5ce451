import { onAxis } from "./describe.ts";
import { Float, make, write } from "./float.ts";
import { formatStep, formatValue, signed } from "./format.ts";
import { nearestIndex } from "./hit.ts";
import type { Hit } from "./hit.ts";
import { formatDuration, formatTime } from "./time.ts";
import type { ChartOptions } from "./types.ts";

const ROWS = 12;

interface Row {
  root: HTMLElement;
  dot: HTMLElement;
  label: HTMLElement;
  value: HTMLElement;
  delta: HTMLElement;
  detail: HTMLElement;
}

/** The fixed cursor that values are compared with. */
export interface Fixed {
  x: number;
  values: Map<string, number>;
}

export interface Pointed {
  /** The nearest first. */
  hits: Hit[];
  /** Of the line that is pointed at. */
  id: string | null;
  fixed: Fixed | null;
  options: ChartOptions;
}

const valueOf = (hit: Hit): number => hit.series.y[hit.index] as number;

function detailOf(hit: Hit): string {
  const { line, smoothed } = hit.series;
  const low = line.min?.[hit.index];
  const high = line.max?.[hit.index];
  const members = line.members?.[hit.index];
  const range = low !== undefined && high !== undefined && low !== high ? `${formatValue(low)} – ${formatValue(high)}` : "";
  if (members !== undefined) return `${range} n ${members}`.trim();
  if (range) return range;
  return smoothed ? formatValue(line.values[hit.index] as number) : "";
}

/** "Step 1,200" and the moments of the nearest point. */
function headOf(hit: Hit, options: ChartOptions): [string, string] {
  const { line, x } = hit.series;
  const step = `Step ${formatStep(Math.round(line.steps[hit.index] as number))}`;
  const at = onAxis(x[hit.index] as number, options);
  if (options.xAxis === "metric") return [`${options.xName} ${at}`, step];
  if (line.members) return [options.xAxis === "step" ? step : at, ""];
  const time = line.times[hit.index] as number;
  const since = line.start === undefined ? "" : ` · ${formatDuration(time - line.start)}`;
  return [step, formatTime(time) + since];
}

/** What a screen reader says of the nearest point. */
export function readout(hit: Hit, options: ChartOptions): string {
  return `${hit.series.line.label}: ${formatValue(valueOf(hit))}, ${headOf(hit, options)[0]}`;
}

/** What the lines under the pointer are where the other cursor is fixed. */
export function fixedAt(x: number | null, hits: Hit[]): Fixed | null {
  if (x === null) return null;
  const at = hits.map(({ series: s }): [string, number] => [s.line.id, s.y[nearestIndex(s, x)] as number]);
  return { x, values: new Map(at.filter(([, value]) => Number.isFinite(value))) };
}

/** As the lines lie: the highest first. */
export function inOrder(hits: Hit[]): Hit[] {
  return hits.slice(0, ROWS).sort((a, b) => valueOf(b) - valueOf(a));
}

export class Tip extends Float {
  private readonly step: HTMLElement;
  private readonly time: HTMLElement;
  private readonly list: HTMLElement;
  private readonly more: HTMLElement;
  private readonly rows: Row[] = [];

  constructor(host: HTMLElement) {
    super(host);
    const head = make("div", "chart-tip-head", this.root);
    this.step = make("span", "chart-tip-step", head);
    this.time = make("span", "chart-tip-time", head);
    this.list = make("div", "chart-tip-list", this.root);
    this.more = make("div", "chart-tip-more", this.root);
  }

  private row(k: number): Row {
    const known = this.rows[k];
    if (known) return known;
    const root = make("div", "chart-tip-row", this.list);
    const row = {
      root,
      dot: make("i", "chart-tip-dot", root),
      label: make("span", "chart-tip-label", root),
      value: make("span", "chart-tip-value", root),
      delta: make("span", "chart-tip-delta", root),
      detail: make("span", "chart-tip-detail", root),
    };
    this.rows.push(row);
    return row;
  }

  private fill(k: number, hit: Hit, { id, fixed }: Pointed): void {
    const row = this.row(k);
    const { line } = hit.series;
    const from = fixed?.values.get(line.id);
    row.root.hidden = false;
    row.root.classList.toggle("chart-tip-near", line.id === id);
    row.dot.style.setProperty("background-color", line.color);
    write(row.label, line.label);
    write(row.value, formatValue(valueOf(hit)));
    write(row.delta, from === undefined ? "" : `Δ ${signed(valueOf(hit) - from)}`);
    write(row.detail, detailOf(hit));
  }

  /** `x`, `y`: in the window. */
  show(pointed: Pointed, x: number, y: number): void {
    const { hits, fixed, options } = pointed;
    const first = hits[0];
    if (!first) return this.hide();
    const [step, time] = headOf(first, options);
    const away = fixed ? apart((first.series.x[first.index] as number) - fixed.x, options) : "";
    write(this.step, step + away);
    write(this.time, time);
    const listed = inOrder(hits);
    listed.forEach((hit, k) => this.fill(k, hit, pointed));
    for (let k = listed.length; k < this.rows.length; k++) (this.rows[k] as Row).root.hidden = true;
    this.more.hidden = hits.length <= ROWS;
    write(this.more, `+${hits.length - ROWS} more`);
    this.open(x, y);
  }
}

function apart(distance: number, options: ChartOptions): string {
  const timed = options.xAxis === "time" || options.xAxis === "relative";
  return ` (Δ ${timed ? formatDuration(distance) : signed(distance)})`;
}
