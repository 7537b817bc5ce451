import { lowerBound } from "./visible.ts";
import type { Range, Series } from "./types.ts";

/** What of a chart is in view, as rows: each place on the x axis where any line has a point. */
export interface Table {
  /** In order. */
  xs: Float64Array;
  labels: string[];
  /** The value of a line at a row as it is drawn; undefined where it has no point. */
  cell(line: number, row: number): number | undefined;
}

function indexOf({ x, sorted }: Series, value: number): number {
  if (!sorted) return x.lastIndexOf(value);
  // Of several at one place the last one counts.
  let at = lowerBound(x, value);
  if (x[at] !== value) return -1;
  while (x[at + 1] === value) at++;
  return at;
}

/** Returns what is in view of lines that are no members of groups. */
export function tableOf(all: readonly Series[], view: Range): Table {
  const lines = all.filter((s) => !s.line.faint);
  const places = new Set<number>();
  for (const { x } of lines) for (const at of x) if (at >= view[0] && at <= view[1]) places.add(at);
  const xs = Float64Array.from(places).sort();
  return {
    xs,
    labels: lines.map((s) => s.line.label),
    cell: (line, row) => {
      const at = indexOf(lines[line]!, xs[row]!);
      return at < 0 ? undefined : lines[line]!.y[at];
    },
  };
}

/** Returns a table as text that spreadsheets take: tabs between cells, numbers in full. */
export function tableText(table: Table, axis: string): string {
  const plain = (text: string): string => text.replaceAll(/[\t\r\n]+/g, " ");
  const head = [axis, ...table.labels].map(plain).join("\t");
  const rows = Array.from(table.xs, (x, row) => [x, ...table.labels.map((_, line) => table.cell(line, row) ?? "")].join("\t"));
  return [head, ...rows].join("\n");
}
