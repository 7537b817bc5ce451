import { signal } from "@preact/signals";
import { fetchTable } from "../api/client.ts";
import type { TableQuery } from "../api/client.ts";
import type { RowChange, TablePage } from "../api/types.ts";

/** Which rows of a logged table, and in which order. */
export type RowsQuery = Omit<TableQuery, "offset" | "limit">;
export type Row = readonly unknown[];

const CHUNK = 100;
const MOST_AT_ONCE = 10_000;

/** The rows of a table as far as they were looked at; the others are fetched when they come into view. */
export class RemoteRows {
  columns: readonly string[] = [];
  /** Rows that the filter lets through; null until the first answer. */
  total: number | null = null;
  error: string | null = null;
  /** Whoever reads a row is drawn again when rows come. */
  private readonly chunks = signal<ReadonlyMap<number, TablePage>>(new Map());
  private readonly asked = new Set<number>();
  private readonly abort = new AbortController();

  constructor(
    readonly query: RowsQuery,
    private readonly changed: () => void,
  ) {
    void this.fetch(0);
  }

  at(index: number): Row | undefined {
    return this.chunks.value.get(Math.floor(index / CHUNK))?.rows[index % CHUNK];
  }

  /** What a row is to the table that this one is held against. */
  changeAt(index: number): RowChange | undefined {
    return this.chunks.value.get(Math.floor(index / CHUNK))?.changes?.[index % CHUNK];
  }

  /** Has rows fetched from `first` to before `end`. */
  need(first: number, end: number): void {
    if (this.total === null) return;
    for (let chunk = Math.floor(Math.max(0, first) / CHUNK); chunk * CHUNK < Math.min(end, this.total); chunk++) void this.fetch(chunk);
  }

  /** Asks again for what could not be had. */
  retry(): void {
    this.error = null;
    void this.fetch(0);
    this.changed();
  }

  stop(): void {
    this.abort.abort();
  }

  private async fetch(chunk: number): Promise<void> {
    if (this.asked.has(chunk)) return;
    this.asked.add(chunk);
    try {
      const page = await fetchTable({ ...this.query, offset: chunk * CHUNK, limit: CHUNK }, this.abort.signal);
      this.columns = page.columns;
      this.total = page.total;
      this.error = null;
      this.chunks.value = new Map([...this.chunks.peek(), [chunk, page]]);
    } catch (error) {
      if (this.abort.signal.aborted) return;
      this.asked.delete(chunk);
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }
}

/** Returns all rows that a query lets through, with the names of their columns. */
export async function allRows(query: RowsQuery): Promise<{ columns: readonly string[]; rows: readonly Row[] }> {
  const rows: Row[] = [];
  for (;;) {
    const page = await fetchTable({ ...query, offset: rows.length, limit: MOST_AT_ONCE });
    rows.push(...page.rows);
    if (page.rows.length === 0 || rows.length >= page.total) return { columns: page.columns, rows };
  }
}
