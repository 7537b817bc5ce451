import { computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { Chart } from "../chart/index.ts";
import type { Line, View } from "../chart/index.ts";
import { page, show } from "../state/address.ts";
import { colourOf, dashOf } from "../state/colours.ts";
import { joinCursor, moveCursor } from "../state/cursor.ts";
import { Feed } from "../state/feed.ts";
import { addFeed, follow } from "../state/live.ts";
import { hoveredRun, shownRuns } from "../state/runs.ts";
import { settings, smoothing, xAxis } from "../state/settings.ts";
import { theme } from "../state/theme.ts";

export interface Drawn {
  points: number;
  last: number | null;
  max: number | null;
  /** Whether the points themselves are drawn, not buckets of them. */
  raw: boolean;
  loading: boolean;
  error: string | null;
}

const WIDTH_STEP = 200;
const LEAST_WIDTH = 200;

function largest(lines: readonly Line[]): number | null {
  let most = -Infinity;
  for (const line of lines) for (const value of line.max ?? line.values) if (value > most && value < Infinity) most = value;
  return most === -Infinity ? null : most;
}

/** One metric's chart: what it asks for, draws and tells, apart from the card around it. */
export class ChartController {
  readonly drawn = signal<Drawn>({ points: 0, last: null, max: null, raw: true, loading: true, error: null });
  readonly runs: ReadonlySignal<Run[]>;
  readonly zoomed = computed(() => this.height.value !== null || page.value.xMin !== null || page.value.xMax !== null);
  private readonly feed: Feed;
  private readonly height = signal<{ y0: number; y1: number } | null>(null);
  private readonly width = signal(LEAST_WIDTH);
  private chart: Chart | null = null;
  private frame = 0;
  private undo: (() => void)[] = [];

  constructor(readonly metric: string) {
    this.feed = new Feed(metric, () => this.redraw(), follow);
    this.runs = computed(() => shownRuns.value.filter((run) => metric in run.summary));
  }

  /** Draws into `host` until detached; what is held is drawn at once. */
  attach(host: HTMLElement): void {
    const chart = new Chart(host, this.options(), {
      onZoom: (view) => this.zoom(view),
      onHover: (x) => moveCursor(chart, x),
      onHighlight: (id) => (hoveredRun.value = id),
    });
    this.chart = chart;
    const observer = new ResizeObserver(() => {
      this.measure(host);
      chart.resize();
    });
    this.measure(host);
    observer.observe(host);
    // Text compares by value: a run that only logged more is no reason to draw.
    const looks = computed(() => JSON.stringify([theme.value, ...this.runs.value.map((run) => [run.id, run.name, run.slot])]));
    this.undo = [
      () => observer.disconnect(),
      addFeed(this.feed),
      joinCursor(chart),
      effect(() => this.feed.want(this.runs.value, this.window())),
      effect(() => chart.setOptions(this.options())),
      effect(() => chart.setView(this.view())),
      effect(() => chart.highlight(hoveredRun.value)),
      looks.subscribe(() => this.redraw()),
    ];
    this.draw();
  }

  detach(): void {
    for (const each of this.undo) each();
    this.undo = [];
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.chart?.destroy();
    this.chart = null;
  }

  retry(): void {
    this.feed.error = null;
    this.feed.want(this.runs.value, this.window());
    this.redraw();
  }

  zoom(view: View | null): void {
    const tall = view?.y0 !== undefined && view.y1 !== undefined;
    this.height.value = tall ? { y0: view.y0!, y1: view.y1! } : null;
    show({ xMin: view?.x0 ?? null, xMax: view?.x1 ?? null });
  }

  async picture(): Promise<Blob | null> {
    return (await this.chart?.toBlob()) ?? null;
  }

  private options() {
    const { logX, logY, outliers } = settings.value;
    return { xAxis: xAxis.value, smoothing: smoothing.value, theme: theme.value, title: this.metric, logX, logY, outliers };
  }

  private window() {
    const { xMin, xMax } = page.value;
    const x = xMin !== null && xMax !== null ? { first: xMin, last: xMax } : null;
    return { xAxis: xAxis.value, x, width: this.width.value };
  }

  private view(): View | null {
    const { xMin, xMax } = page.value;
    if (xMin === null || xMax === null) return null;
    return { x0: xMin, x1: xMax, ...this.height.value };
  }

  private measure(host: HTMLElement): void {
    const pixels = host.clientWidth * Math.min(2, window.devicePixelRatio);
    this.width.value = Math.max(LEAST_WIDTH, Math.ceil(pixels / WIDTH_STEP) * WIDTH_STEP);
  }

  private redraw(): void {
    if (this.frame !== 0 || !this.chart) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const lines = this.runs.value.flatMap((run) => this.line(run));
    this.chart?.setLines(lines);
    const first = this.runs.value.find((run) => this.feed.points.has(run.id));
    this.drawn.value = {
      points: lines.reduce((sum, line) => sum + line.values.length, 0),
      last: first ? this.feed.points.get(first.id)!.last : null,
      max: largest(lines),
      raw: lines.every((line) => !line.max),
      loading: lines.length === 0 && this.feed.loading,
      error: this.feed.error,
    };
  }

  private line(run: Run): Line[] {
    const held = this.feed.points.get(run.id);
    if (!held) return [];
    const { steps, times, values, min, max } = held;
    const color = colourOf(run.slot, theme.value);
    return [{ id: run.id, label: run.name, color, dash: dashOf(run.slot), steps, times, values, min, max, start: run.started }];
  }
}
