import type { Rows } from "./types.ts";

export interface CsvSeries extends Rows {
  run: string;
  id: string;
  /** Where series are of several metrics. */
  metric?: string;
  times: Float64Array;
  min?: Float64Array;
  max?: Float64Array;
}

/** A cell as spreadsheets read it, and no formula whatever a run is named. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One row per point; where a row is a bucket of points, their least and greatest and how many follow. */
export function csvOf(metric: string, all: readonly CsvSeries[]): string {
  const buckets = all.some((series) => series.counts);
  const several = all.some((series) => series.metric !== undefined);
  const lines = [["run", "run_id", ...(several ? ["metric"] : []), "step", "time", several ? "value" : cell(metric), ...(buckets ? ["min", "max", "count"] : [])].join(",")];
  for (const { run, id, metric: of, steps, times, values, min, max, counts } of all) {
    const about = several ? [cell(run), id, cell(of ?? metric)] : [cell(run), id];
    for (let i = 0; i < steps.length; i++) {
      const more = buckets ? [min?.[i] ?? values[i], max?.[i] ?? values[i], counts?.[i] ?? 1] : [];
      lines.push([...about, steps[i], new Date(times[i]! * 1000).toISOString(), values[i], ...more].join(","));
    }
  }
  return `${lines.join("\r\n")}\r\n`;
}
