import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { addressOfPage, show } from "../state/address.ts";
import type { Column } from "../state/columns.ts";
import { hoveredRun, shownIds, setShown } from "../state/runs.ts";
import { ago, durationOf, exactText, moments, shortText } from "./format.ts";
import { Icon } from "./icon.tsx";
import { RunStatus } from "./run-status.tsx";
import { Swatch } from "./swatch.tsx";

export interface RunOrder {
  id: string | null;
  descending: boolean;
}

interface Props {
  runs: readonly Run[];
  columns: readonly Column[];
  order: RunOrder;
  onOrder(order: RunOrder): void;
}

const ROW_HEIGHT = 32;
const OVERSCAN = 8;

function RunCell({ run, column }: { run: Run; column: Column }) {
  if (column.id === "status") return <RunStatus status={run.status} error={run.error} word />;
  if (column.id === "started") return <span title={moments(run.started)}>{ago(run.started)}</span>;
  if (column.id === "duration") return <>{durationOf(run)}</>;
  const value = column.value(run);
  const text = column.part === "metric" ? shortText(value) : exactText(value);
  return <span title={text.length > 18 ? text : undefined}>{text}</span>;
}

function NameCell({ run }: { run: Run }) {
  return (
    <span class="with-swatch">
      <input type="checkbox" checked={shownIds.value.has(run.id)} aria-label={`Show ${run.name}`} onChange={(event) => setShown([run.id], event.currentTarget.checked)} />
      <Swatch slot={run.slot} />
      <a
        class="ellipsis"
        href={addressOfPage({ tab: "runs", selectedRun: run.id })}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          show({ tab: "runs", selectedRun: run.id });
        }}
      >
        {run.name}
      </a>
    </span>
  );
}

function isNumeric(runs: readonly Run[], column: Column): boolean {
  return runs.slice(0, 20).some((run) => typeof column.value(run) === "number");
}

function Head({ runs, columns, order, onOrder }: Props) {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          const sorted = order.id === column.id ? (order.descending ? "descending" : "ascending") : "none";
          const next = sorted === "descending" ? { id: null, descending: false } : { id: column.id, descending: sorted === "ascending" };
          return (
            <th key={column.id} class={`column-${column.part}${isNumeric(runs, column) ? " number" : ""}`} data-column={column.id} aria-sort={sorted} scope="col">
              <button type="button" title={`${column.part === "run" ? "" : `${column.part} `}${column.title}: sort`} onClick={() => onOrder(next)}>
                <span class="ellipsis">{column.title}</span>
                <span class={`sort sort-${sorted}`}>
                  <Icon name="down" />
                </span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** Runs as rows, of which only those in view exist. */
export function RunsTable({ runs, columns, order, onOrder }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = box.current!;
    const look = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  const first = Math.max(0, Math.floor(view.top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(runs.length, Math.ceil((view.top + view.height) / ROW_HEIGHT) + OVERSCAN);
  return (
    <div class="runs-scroll" ref={box} tabIndex={0} role="region" aria-label="Runs">
      <table class="data-table runs-table" data-testid="runs-table" aria-rowcount={runs.length}>
        <Head runs={runs} columns={columns} order={order} onOrder={onOrder} />
        <tbody>
          {first > 0 && <tr class="gap" style={{ height: `${first * ROW_HEIGHT}px` }} />}
          {runs.slice(first, last).map((run, at) => (
            <tr
              key={run.id}
              aria-rowindex={first + at + 1}
              data-run={run.name}
              onPointerEnter={() => (hoveredRun.value = run.id)}
              onPointerLeave={() => (hoveredRun.value = null)}
            >
              {columns.map((column) =>
                column.id === "name" ? (
                  <th key="name" scope="row">
                    <NameCell run={run} />
                  </th>
                ) : (
                  <td key={column.id} class={typeof column.value(run) === "number" ? "number" : ""}>
                    <RunCell run={run} column={column} />
                  </td>
                ),
              )}
            </tr>
          ))}
          {last < runs.length && <tr class="gap" style={{ height: `${(runs.length - last) * ROW_HEIGHT}px` }} />}
        </tbody>
      </table>
    </div>
  );
}
