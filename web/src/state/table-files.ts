import type { Run } from "../api/types.ts";
import type { Column } from "./columns.ts";
import { textOf } from "./natural.ts";

/** Spreadsheets run text that begins like a formula; a number may begin with a sign. */
function guarded(text: string): string {
  return /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = guarded(textOf(value));
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Returns rows of any values as CSV, the names of their columns first. */
export function rowsAsCsv(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [columns, ...rows].map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

const headOf = (column: Column): string => (column.part === "config" ? column.id : column.id.replace(/^last:/, ""));

/** Returns the rows as CSV, in the columns as they are shown. */
export function tableAsCsv(runs: readonly Run[], columns: readonly Column[]): string {
  return rowsAsCsv(
    columns.map(headOf),
    runs.map((run) => columns.map((column) => column.value(run))),
  );
}

/** Returns the rows as a JSON list of objects, in the columns as they are shown. */
export function tableAsJson(runs: readonly Run[], columns: readonly Column[]): string {
  const rows = runs.map((run) => Object.fromEntries(columns.map((column) => [headOf(column), column.value(run) ?? null])));
  return `${JSON.stringify(rows, null, 1)}\n`;
}
