import { effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { Chart } from "../chart/index.ts";
import type { ChartOptions, Line, Range } from "../chart/index.ts";
import { Feed } from "../state/feed.ts";
import { inkOfSlot } from "../state/inks.ts";
import { addFeed, follow } from "../state/live.ts";
import type { SystemChart } from "../state/system.ts";
import { theme } from "../state/theme.ts";

const LEAST_WIDTH = 200;
const NO_SMOOTHING = { kind: "ema", weight: 0 } as const;

/** A chart of system metrics of one run, by wall time; all of a page zoom together. */
export class SystemPlot {
  readonly loading = signal(true);
  readonly error = signal<string | null>(null);
  private readonly feeds: Feed[];
  private chart: Chart | null = null;
  private frame = 0;
  private undo: (() => void)[] = [];

  constructor(
    private readonly of: SystemChart,
    private readonly zoom: Signal<Range | null>,
  ) {
    this.feeds = of.lines.map(({ name }) => new Feed(name, () => this.redraw(), follow, "system"));
  }

  attach(host: HTMLElement, run: Run): void {
    const chart = new Chart(host, this.options(), {
      onZoom: (view) => (this.zoom.value = view?.x ?? null),
      onBack: () => (this.zoom.value = null),
    });
    this.chart = chart;
    const observer = new ResizeObserver(() => {
      this.want(host, run);
      chart.resize();
    });
    observer.observe(host);
    this.undo = [
      () => observer.disconnect(),
      ...this.feeds.map(addFeed),
      effect(() => chart.setOptions(this.options())),
      effect(() => {
        const x = this.zoom.value;
        chart.setView(x && { x, y: null });
        this.want(host, run);
      }),
      theme.subscribe(() => this.redraw()),
    ];
  }

  detach(): void {
    for (const each of this.undo) each();
    this.undo = [];
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.chart?.destroy();
    this.chart = null;
  }

  private want(host: HTMLElement, run: Run): void {
    const width = Math.max(LEAST_WIDTH, Math.ceil((host.clientWidth * Math.min(2, devicePixelRatio)) / 200) * 200);
    const source = { key: run.id, line: run.id, run, member: null };
    for (const feed of this.feeds) feed.want([source], { xAxis: "time", x: this.zoom.peek(), width });
  }

  private options(): ChartOptions {
    return {
      xAxis: "time", xName: "time", logX: false, yScale: "linear", smoothing: NO_SMOOTHING, best: null, yEnds: [null, null],
      outliers: false, bands: "auto", theme: theme.value, title: this.of.title,
    };
  }

  private redraw(): void {
    if (this.frame !== 0 || !this.chart) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const lines = this.feeds.flatMap((feed, at): Line[] =>
      [...feed.points.values()].map((points) => ({ id: feed.metric, label: this.of.lines[at]!.label, ...inkOfSlot(at), ...points })),
    );
    this.chart?.setLines(lines);
    this.error.value = this.feeds.map((feed) => feed.error).find((error) => error !== null) ?? null;
    this.loading.value = lines.length === 0 && this.error.peek() === null;
  }
}
