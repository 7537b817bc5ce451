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

const headOf = (column: Column): string => (column.part === "config" ? column.id : column.id.replace(/^last:/, ""));

/** Returns the rows as CSV, in the columns as they are shown. */
export function tableAsCsv(runs: readonly Run[], columns: readonly Column[]): string {
  const lines = [columns.map((column) => csvCell(headOf(column))), ...runs.map((run) => columns.map((column) => csvCell(column.value(run))))];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

/** Returns the rows as a JSON list of objects, in the columns as they are shown. */
export function tableAsJson(runs: readonly Run[], columns: readonly Column[]): string {
  const rows = runs.map((run) => Object.fromEntries(columns.map((column) => [headOf(column), column.value(run) ?? null])));
  return `${JSON.stringify(rows, null, 1)}\n`;
}
