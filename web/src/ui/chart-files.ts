import { fetchSeries } from "../api/client.ts";
import type { Range } from "../chart/index.ts";
import { csvOf } from "../chart/csv.ts";
import type { CsvSeries } from "../chart/csv.ts";
import { picture } from "../chart/picture.ts";
import { drawing } from "../chart/svg.ts";
import { hasMetric } from "../state/formulas.ts";
import { pointsOf } from "../state/points.ts";
import type { ChartController } from "./chart-controller.ts";
import { save } from "./save.ts";

/** Buckets asked for in a file: the points themselves up to twice as many. */
const MOST_ROWS = 20_000;

async function data(controller: ChartController): Promise<Blob> {
  const runs = controller.data.runs.peek();
  const rows: CsvSeries[] = [];
  const steps = controller.stepsInView();
  const [first, last]: Range | [null, null] = steps ?? [null, null];
  const { metrics } = controller;
  const wanted = metrics.flatMap((metric) => runs.filter((run) => hasMetric(run, metric)).map((run) => ({ run, metric })));
  const series = wanted.map(({ run, metric }) => ({ run: run.id, metric, member: null }));
  await fetchSeries({ x: "step", width: MOST_ROWS, first, last, series }, (frame, index) => {
    const { run, metric } = wanted[index]!;
    rows.push({ run: run.name, id: run.id, ...(metrics.length > 1 ? { metric } : {}), ...pointsOf(frame) });
  }, new AbortController().signal);
  return new Blob([csvOf(controller.metric, rows)], { type: "text/csv" });
}

async function fileOf(controller: ChartController, kind: "png" | "svg" | "csv"): Promise<Blob | null> {
  if (kind === "csv") return data(controller);
  const sketch = controller.sketch();
  if (!sketch) return null;
  return kind === "png" ? picture(sketch) : new Blob([drawing(sketch)], { type: "image/svg+xml" });
}

/** Offers a chart as a file: its picture as it is on screen, or its points in full. */
export async function saveChart(controller: ChartController, kind: "png" | "svg" | "csv"): Promise<void> {
  const blob = await fileOf(controller, kind);
  if (blob) save(blob, `${controller.metric.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_").slice(0, 100)}.${kind}`);
}
