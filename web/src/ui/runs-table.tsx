import type { RefObject } from "preact";
import { useComputed } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { addressOfPage } from "../state/address.ts";
import type { Column } from "../state/columns.ts";
import { pick, pickedIds } from "../state/picked.ts";
import { cursorRun, tableOrder } from "../state/run-cursor.ts";
import { filteredRuns } from "../state/run-filter.ts";
import { fold } from "../state/settings.ts";
import { hoveredRun } from "../state/shown.ts";
import { narrow } from "../state/sidebar.ts";
import { columns, heat, rows, widths } from "../state/table.ts";
import { spanOf } from "../state/table-rows.ts";
import type { TableRow } from "../state/table-rows.ts";
import { ColumnHead, NARROWEST } from "./column-head.tsx";
import { Icon } from "./icon.tsx";
import { cellText, GroupCell, RunCell } from "./run-cell.tsx";
import { clickRun, PinRun, runMenu } from "./run-row.tsx";
import { ShownToggle } from "./shown-toggle.tsx";

const ROW_HEIGHT = 32;
const OVERSCAN = 8;
const SAMPLE = 40;
const WIDEST = 240;
const NAME_WIDTH = 280;
const NARROW_NAME_WIDTH = 200;
const LETTER = 7;
const HEAD_ROOM = 56;
const CELL_ROOM = 26;
const DEEPEST_SHADE = 42;

interface Drawn {
  column: Column;
  width: number;
  numeric: boolean;
  span: [number, number] | null;
}

function usualWidth(column: Column, sample: readonly Run[]): number {
  if (column.id === "name") return narrow.peek() ? NARROW_NAME_WIDTH : NAME_WIDTH;
  const longest = Math.max(0, ...sample.map((run) => cellText(run, column).length));
  return Math.max(NARROWEST, Math.min(WIDEST, Math.max(column.title.length * LETTER + HEAD_ROOM, longest * LETTER + CELL_ROOM)));
}

/** Columns with what their cells have in common; widths stay once they are found, so that nothing jumps. */
function useColumns(): Drawn[] {
  const list = columns.value;
  const usual = useMemo(() => {
    const sample = filteredRuns.peek().slice(0, SAMPLE);
    return list.map((column) => ({
      width: usualWidth(column, sample),
      numeric: column.id !== "name" && sample.some((run) => typeof column.value(run) === "number"),
    }));
  }, [list]);
  const shaded = heat.value;
  return list.map((column, at) => ({
    column,
    ...usual[at]!,
    width: widths.value[column.id] ?? usual[at]!.width,
    span: shaded && column.part !== "run" ? spanOf(filteredRuns.value, column) : null,
  }));
}

function shade(value: unknown, span: [number, number] | null): Record<string, string> {
  if (!span || typeof value !== "number" || !Number.isFinite(value)) return {};
  const share = ((value - span[0]) / (span[1] - span[0])) * DEEPEST_SHADE;
  return { background: `color-mix(in srgb, var(--accent) ${share.toFixed(1)}%, transparent)` };
}

function RunLine({ run, at, drawn }: { run: Run; at: number; drawn: readonly Drawn[] }) {
  const picked = pickedIds.value.has(run.id);
  const look = [hoveredRun.value === run.id && "run-hovered", picked && "run-picked", cursorRun.value === run.id && "run-cursor"];
  return (
    <tr
      class={look.filter(Boolean).join(" ")}
      aria-rowindex={at + 2}
      aria-selected={picked}
      data-run={run.name}
      data-testid="table-run-row"
      onContextMenu={(event) => runMenu(event, run.id)}
      onPointerEnter={() => (hoveredRun.value = run.id)}
      onPointerLeave={() => (hoveredRun.value = null)}
    >
      <th scope="row">
        <span class="name-cell">
          <input type="checkbox" checked={picked} aria-label={`Pick ${run.name}`} data-testid="pick-run" onChange={(event) => pick([run.id], event.currentTarget.checked)} />
          <ShownToggle run={run} />
          <a class="run-name" href={addressOfPage({ tab: "runs", selectedRun: run.id })} title={run.name} onClick={(event) => clickRun(event, run.id, tableOrder.peek() ?? [])}>
            <bdi>{run.name}</bdi>
          </a>
          <PinRun run={run} />
        </span>
      </th>
      {drawn.slice(1).map(({ column, numeric, span }) => (
        <td key={column.id} class={numeric ? "number" : ""} style={shade(column.value(run), span)}>
          <RunCell run={run} column={column} />
        </td>
      ))}
    </tr>
  );
}

function GroupLine({ row, at, drawn }: { row: TableRow & { kind: "group" }; at: number; drawn: readonly Drawn[] }) {
  const ids = row.runs.map((run) => run.id);
  const picked = ids.filter((id) => pickedIds.value.has(id)).length;
  return (
    <tr class="group-line" aria-rowindex={at + 2} data-testid="table-group" data-group={row.title}>
      <th scope="row">
        <span class="name-cell">
          <input
            type="checkbox"
            checked={picked === ids.length}
            indeterminate={picked > 0 && picked < ids.length}
            aria-label={`Pick all of ${row.title}`}
            onChange={() => pick(ids, picked < ids.length)}
          />
          <button type="button" class="group-name" aria-expanded={!row.closed} onClick={() => fold(row.id, !row.closed)}>
            <Icon name="chevron" />
            <bdi class="ellipsis">{row.title}</bdi>
            <span class="count">{row.runs.length}</span>
          </button>
        </span>
      </th>
      {drawn.slice(1).map(({ column, numeric }) => (
        <td key={column.id} class={numeric ? "number" : ""}>
          <GroupCell runs={row.runs} column={column} />
        </td>
      ))}
    </tr>
  );
}

function PickAll() {
  const count = useComputed(() => filteredRuns.value.filter((run) => pickedIds.value.has(run.id)).length).value;
  const all = filteredRuns.value.length;
  return (
    <input
      type="checkbox"
      checked={count === all}
      indeterminate={count > 0 && count < all}
      aria-label="Pick all runs listed"
      data-testid="pick-all"
      onChange={() =>
        pick(
          filteredRuns.peek().map((run) => run.id),
          count < all,
        )
      }
    />
  );
}

interface Look {
  top: number;
  height: number;
}

/** What of a scrolling box is in view, and the row that keys led to kept there. */
function useLook(list: readonly TableRow[]): { box: RefObject<HTMLDivElement | null>; look: Look } {
  const box = useRef<HTMLDivElement>(null);
  const [look, setLook] = useState<Look>({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = (): void => setLook({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);
  const at = cursorRun.value === null ? -1 : list.findIndex((row) => row.id === cursorRun.value);
  useLayoutEffect(() => {
    if (at < 0) return;
    const element = box.current!;
    if (at * ROW_HEIGHT < element.scrollTop) element.scrollTop = at * ROW_HEIGHT;
    else if ((at + 2) * ROW_HEIGHT > element.scrollTop + element.clientHeight) element.scrollTop = (at + 2) * ROW_HEIGHT - element.clientHeight;
  }, [at]);
  return { box, look };
}

/** Runs as rows, of which only those in view exist. */
export function RunsTable() {
  const list = rows.value;
  const drawn = useColumns();
  const { box, look } = useLook(list);
  const first = Math.max(0, Math.floor(look.top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(list.length, Math.ceil((look.top + look.height) / ROW_HEIGHT) + OVERSCAN);
  const total = drawn.reduce((sum, { width }) => sum + width, 0);
  return (
    <div class="runs-scroll" ref={box} tabIndex={0} role="region" aria-label="Runs">
      <table class="data-table runs-table" data-testid="runs-table" aria-label="Runs" aria-rowcount={list.length + 1} style={{ width: `${total}px` }}>
        <colgroup>
          {drawn.map(({ column, width }) => (
            <col key={column.id} style={{ width: `${width}px` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {drawn.map(({ column, width, numeric }) => (
              <ColumnHead key={column.id} column={column} width={width} numeric={numeric} before={column.id === "name" && <PickAll />} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr class="gap" style={{ height: `${first * ROW_HEIGHT}px` }} />}
          {list.slice(first, last).map((row, at) =>
            row.kind === "run" ? (
              <RunLine key={row.id} run={row.run} at={first + at} drawn={drawn} />
            ) : (
              <GroupLine key={row.id} row={row} at={first + at} drawn={drawn} />
            ),
          )}
          {last < list.length && <tr class="gap" style={{ height: `${(list.length - last) * ROW_HEIGHT}px` }} />}
        </tbody>
      </table>
    </div>
  );
}
