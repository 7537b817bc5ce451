import { fetchObjects } from "../api/client.ts";
import { histogramOf } from "../chart/histogram/bins.ts";
import type { Histogram } from "../chart/histogram/bins.ts";
import type { Range } from "../chart/index.ts";

/** Which histograms a plot has room for: of these steps (null: of all), one in each of so many parts. */
export interface HistogramWindow {
  steps: Range | null;
  parts: number;
}

/** The histograms of one run and key that a plot shows, in order of their steps; of more than it has room for, the newest of each part. */
export class HistogramList {
  list: readonly Histogram[] = [];
  state: "loading" | "ready" | "failed" = "loading";
  error = "";
  private window: HistogramWindow | null = null;
  private request = new AbortController();
  private busy = false;
  private overdue = false;

  constructor(
    private readonly project: string,
    private readonly run: string,
    private readonly key: string,
    private readonly changed: () => void,
  ) {}

  /** Says what to show; what was asked for before is asked for no more. */
  want(window: HistogramWindow): void {
    if (JSON.stringify(window) === JSON.stringify(this.window)) return;
    this.window = window;
    void this.fetch(window, []);
  }

  /** Fetches what is newer than what is held; all anew once that is twice what there is room for. */
  async grow(): Promise<void> {
    const { window, list } = this;
    this.overdue = this.busy;
    if (!window || this.busy) return;
    const last = list.at(-1)?.step;
    const crowded = list.length >= 2 * window.parts;
    if (last === undefined || crowded) return this.fetch(window, []);
    if (window.steps && last >= window.steps[1]) return;
    await this.fetch({ ...window, steps: [last + 1, window.steps?.[1] ?? Infinity] }, list);
  }

  stop(): void {
    this.request.abort();
    this.busy = false;
    this.window = null;
  }

  private async fetch({ steps, parts }: HistogramWindow, before: readonly Histogram[]): Promise<void> {
    this.request.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    this.busy = true;
    const [first, last] = [steps && Math.floor(steps[0]), steps && Math.ceil(steps[1])];
    try {
      const query = { project: this.project, runs: [this.run], key: this.key, kinds: ["histogram"], parts, first, last: last === Infinity ? null : last };
      const { objects } = await fetchObjects(query, signal);
      if (signal.aborted) return;
      const found = objects.toReversed().flatMap(({ step, time, value }) => histogramOf(step, time, value) ?? []);
      this.list = [...before, ...found];
      this.state = "ready";
    } catch (error) {
      if (signal.aborted) return;
      this.state = "failed";
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.busy = false;
    this.changed();
    if (this.overdue) await this.grow();
  }
}
