import { formatStep, formatValue } from "./format.ts";
import type { Hit } from "./hit.ts";
import { formatDuration, formatTime } from "./time.ts";

const ROWS = 12;
const AWAY = 16;
const EDGE = 8;

interface Row {
  root: HTMLElement;
  dot: HTMLElement;
  label: HTMLElement;
  value: HTMLElement;
  detail: HTMLElement;
}

function make(tag: string, name: string, parent: HTMLElement): HTMLElement {
  const node = document.createElement(tag);
  node.className = name;
  parent.append(node);
  return node;
}

function write(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

function detailOf(hit: Hit): string {
  const { line, smoothed } = hit.series;
  const low = line.min?.[hit.index];
  const high = line.max?.[hit.index];
  if (low !== undefined && high !== undefined && low !== high) return `${formatValue(low)} – ${formatValue(high)}`;
  return smoothed ? formatValue(line.values[hit.index] as number) : "";
}

/** "Step 1,200" and the moments of the nearest point. */
function headOf(hit: Hit): [string, string] {
  const { line } = hit.series;
  const time = line.times[hit.index] as number;
  const since = line.start === undefined ? "" : ` · ${formatDuration(time - line.start)}`;
  return [`Step ${formatStep(line.steps[hit.index] as number)}`, formatTime(time) + since];
}

/** What a screen reader says of the nearest point. */
export function readout(hit: Hit): string {
  return `${hit.series.line.label}: ${formatValue(hit.series.y[hit.index] as number)}, ${headOf(hit)[0]}`;
}

export class Tip {
  private readonly root: HTMLElement;
  private readonly step: HTMLElement;
  private readonly time: HTMLElement;
  private readonly list: HTMLElement;
  private readonly more: HTMLElement;
  private readonly rows: Row[] = [];
  private shown = false;

  constructor(host: HTMLElement) {
    this.root = make("div", "chart-tip", host);
    this.root.setAttribute("aria-hidden", "true");
    // In the top layer, where a card that clips its content cannot clip the tip.
    if ("showPopover" in this.root) this.root.setAttribute("popover", "manual");
    const head = make("div", "chart-tip-head", this.root);
    this.step = make("span", "chart-tip-step", head);
    this.time = make("span", "chart-tip-time", head);
    this.list = make("div", "chart-tip-list", this.root);
    this.more = make("div", "chart-tip-more", this.root);
    this.root.hidden = true;
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
      detail: make("span", "chart-tip-detail", root),
    };
    this.rows.push(row);
    return row;
  }

  private fill(k: number, hit: Hit, near: boolean): void {
    const row = this.row(k);
    row.root.hidden = false;
    row.root.classList.toggle("chart-tip-near", near);
    row.dot.style.setProperty("background-color", hit.series.line.color);
    write(row.label, hit.series.line.label);
    write(row.value, formatValue(hit.series.y[hit.index] as number));
    write(row.detail, detailOf(hit));
  }

  /** `hits`: the nearest first. `x`, `y`: in the window. */
  show(hits: Hit[], x: number, y: number): void {
    const first = hits[0];
    if (!first) return this.hide();
    const [step, time] = headOf(first);
    write(this.step, step);
    write(this.time, time);
    const count = Math.min(ROWS, hits.length);
    for (let k = 0; k < count; k++) this.fill(k, hits[k] as Hit, k === 0 && hits.length > 1);
    for (let k = count; k < this.rows.length; k++) (this.rows[k] as Row).root.hidden = true;
    this.more.hidden = hits.length <= ROWS;
    write(this.more, `${hits.length - ROWS} more`);
    this.open();
    this.place(x, y);
  }

  private open(): void {
    if (this.shown) return;
    this.shown = true;
    this.root.hidden = false;
    if (this.root.hasAttribute("popover") && this.root.isConnected) this.root.showPopover();
  }

  private place(x: number, y: number): void {
    const { offsetWidth: w, offsetHeight: h } = this.root;
    const right = document.documentElement.clientWidth - EDGE;
    const bottom = document.documentElement.clientHeight - EDGE;
    const left = x + AWAY + w <= right ? x + AWAY : x - AWAY - w;
    const top = Math.min(y + AWAY, bottom - h);
    const at = `${Math.round(Math.max(EDGE, left))}px, ${Math.round(Math.max(EDGE, top))}px`;
    this.root.style.setProperty("transform", `translate(${at})`);
  }

  hide(): void {
    if (!this.shown) return;
    this.shown = false;
    if (this.root.hasAttribute("popover") && this.root.isConnected) this.root.hidePopover();
    this.root.hidden = true;
  }

  remove(): void {
    this.root.remove();
  }
}
