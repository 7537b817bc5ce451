import { fetchTraces } from "../api/traces.ts";
import type { TraceHead, TracesPage, TracesQuery } from "../api/traces.ts";

const PAGE = 100;

/** A trace, or the place in the list of one that is not read yet. */
export type Row = TraceHead | number;

type Fetch = (query: TracesQuery, offset: number, limit: number, signal: AbortSignal) => Promise<TracesPage>;

/** The traces that are asked for, read in pages as they come into view. */
export class TraceList {
  state: "loading" | "ready" | "failed" = "loading";
  error = "";
  /** As many as there are; its place where a page is not there yet. */
  rows: Row[] = [];
  private asked = new Set<number>();
  private abort = new AbortController();

  constructor(
    readonly query: TracesQuery,
    private readonly changed: () => void,
    private readonly fetchPage: Fetch = fetchTraces,
  ) {}

  /** Reads the first page, after which `rows` has its length; what is shown meanwhile stays. */
  load(): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.asked = new Set();
    void this.read(0, true);
  }

  /** Reads the page that holds this row, unless it is there or on its way. */
  need(row: number): void {
    const page = Math.floor(row / PAGE);
    if (typeof this.rows[row] === "number" && !this.asked.has(page)) void this.read(page, false);
  }

  close(): void {
    this.abort.abort();
  }

  private async read(page: number, anew: boolean): Promise<void> {
    const { signal } = this.abort;
    this.asked.add(page);
    try {
      const found = this.query.runs.length > 0 ? await this.fetchPage(this.query, page * PAGE, PAGE, signal) : { traces: [], total: 0, offset: 0 };
      if (signal.aborted) return;
      // New ones come in at the top and move all others: what was read before is not where it was.
      const moved = anew || found.total !== this.rows.length;
      const rows = moved ? Array.from<unknown, Row>({ length: found.total }, (_, at) => at) : [...this.rows];
      for (const [at, head] of found.traces.entries()) rows[found.offset + at] = head;
      if (moved) this.asked = new Set([page]);
      this.rows = rows;
      this.state = "ready";
    } catch (error) {
      if (signal.aborted) return;
      this.asked.delete(page);
      this.state = "failed";
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }
}

/** Tells traces apart, whatever their place in a list. */
export function traceKey(row: Row): string {
  return typeof row === "number" ? `unread ${row}` : `${row.id}:${row.index}`;
}
