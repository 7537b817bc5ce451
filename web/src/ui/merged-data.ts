import { computed } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import type { Line } from "../chart/index.ts";
import type { Window } from "../state/feed.ts";
import { inkOfSlot } from "../state/inks.ts";
import type { Members } from "../state/sources.ts";
import { ChartData, largest } from "./chart-data.ts";
import type { Drawn } from "./chart-data.ts";

/** Beside the first metric's, which are drawn through. */
const DASHES = [undefined, [7, 3], [2, 3], [9, 3, 2, 3], [4, 2, 1, 2]];

/** What a chart of one metric, or of several at once, is made of. */
export type Data = Pick<ChartData, "runs" | "known" | "empty" | "show" | "watch" | "want" | "retry" | "lines" | "told" | "newest">;

/** The lines of several metrics on one chart: of one run told apart by colours, of several runs by dashes. */
export class MergedData implements Data {
  readonly runs: ReadonlySignal<Run[]>;
  readonly known: ReadonlySignal<boolean>;
  private readonly parts: readonly { metric: string; data: ChartData }[];

  constructor(metrics: readonly string[], members: ReadonlySignal<Members>, changed: () => void) {
    this.parts = metrics.map((metric) => ({ metric, data: new ChartData(metric, members, changed) }));
    this.known = computed(() => this.parts.every(({ data }) => data.known.value));
    this.runs = computed(() => [...new Set(this.parts.flatMap(({ data }) => data.runs.value))].sort((a, b) => b.slot - a.slot));
  }

  get empty(): boolean {
    return this.parts.every(({ data }) => data.empty);
  }

  show(host: HTMLElement): () => void {
    const stops = this.parts.map(({ data }) => data.show(host));
    return () => {
      for (const stop of stops) stop();
    };
  }

  watch(): void {
    for (const { data } of this.parts) data.watch();
  }

  want(window: Window): void {
    for (const { data } of this.parts) data.want(window);
  }

  retry(): void {
    for (const { data } of this.parts) data.retry();
  }

  lines(): Line[] {
    const found = this.parts.map(({ data }) => data.lines());
    const alone = found.every((lines) => lines.filter((line) => !line.faint).length <= 1);
    return found.flatMap((lines, k) => {
      const { metric } = this.parts[k]!;
      return lines.map((line): Line => {
        const id = k === 0 ? line.id : `${line.id}\n${metric}`;
        return alone ? { ...line, id, label: metric, ...inkOfSlot(k) } : { ...line, id, label: `${line.label} · ${metric}`, dash: DASHES[k % DASHES.length] };
      });
    });
  }

  told(lines: readonly Line[]): Drawn {
    const all = this.parts.map(({ data }) => data.told(data.lines()));
    return {
      points: lines.reduce((sum, each) => sum + each.values.length, 0),
      last: all[0]!.last,
      max: largest(lines),
      bucket: Math.max(0, ...all.map(({ bucket }) => bucket ?? 0)) || null,
      missing: all.flatMap(({ missing }) => missing),
      loading: all.every(({ loading }) => loading),
      error: all.find(({ error }) => error !== null)?.error ?? null,
    };
  }

  newest(): number {
    return Math.max(-Infinity, ...this.parts.map(({ data }) => data.newest()));
  }
}
