import { useEffect, useState } from "preact/hooks";
import { fetchTable } from "../api/client.ts";
import type { TablePage } from "../api/types.ts";
import { Cell } from "./cell.tsx";
import { Icon } from "./icon.tsx";
import { Pager } from "./pager.tsx";
import { Problem } from "./problem.tsx";

const PAGE_ROWS = 25;

interface Order {
  sort?: string;
  descending: boolean;
}

/** First rising, then falling, then as it was logged. */
function nextOrder(order: Order, column: string): Order {
  if (order.sort !== column) return { sort: column, descending: false };
  return order.descending ? { descending: false } : { sort: column, descending: true };
}

export function PagedTable({ id, run, name, step }: { id: string; run: string; name: string; step: number }) {
  const [offset, setOffset] = useState(0);
  const [order, setOrder] = useState<Order>({ descending: false });
  const [page, setPage] = useState<TablePage | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    fetchTable({ id, offset, limit: PAGE_ROWS, ...order }, abort.signal).then(
      (found) => {
        setPage(found);
        setError(null);
      },
      (reason: unknown) => {
        if (!abort.signal.aborted) setError(reason instanceof Error ? reason.message : String(reason));
      },
    );
    return () => abort.abort();
  }, [id, offset, order, tries]);

  if (error) return <Problem text={error} retry={() => setTries(tries + 1)} />;
  if (!page) return <div class="table-wait skeleton" aria-busy="true" />;
  const numeric = page.columns.map((_, at) => page.rows.some((row) => typeof row[at] === "number"));
  return (
    <>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={`Rows of ${name}`}>
        <table class="data-table" data-rows={page.total}>
          <thead>
            <tr>
              {page.columns.map((column, at) => {
                const sorted = order.sort === column ? (order.descending ? "descending" : "ascending") : "none";
                return (
                  <th key={at} class={numeric[at] ? "number" : ""} aria-sort={sorted} scope="col">
                    <button
                      type="button"
                      onClick={() => {
                        setOffset(0);
                        setOrder(nextOrder(order, column));
                      }}
                    >
                      {column}
                      <span class={`sort sort-${sorted}`}>
                        <Icon name="down" />
                      </span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {page.rows.map((row, at) => (
              <tr key={offset + at}>
                {row.map((value, column) => (
                  <td key={column} class={typeof value === "number" ? "number" : ""}>
                    <Cell value={value} item={{ run, key: name, step }} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {page.total === 0 && <p class="chart-none">This table has no rows.</p>}
      </div>
      <Pager offset={offset} limit={PAGE_ROWS} total={page.total} onChange={setOffset} />
    </>
  );
}
