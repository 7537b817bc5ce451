import type { RefObject } from "preact";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { addressOfPage, project } from "../state/address.ts";
import { isListed, lineIn } from "../state/columns.ts";
import type { Column } from "../state/columns.ts";
import { needOfAll } from "../state/needed.ts";
import { pick, pickedIds } from "../state/picked.ts";
import { cursorRun, tableOrder } from "../state/run-cursor.ts";
import { needWhole } from "../state/run-details.ts";
import { filteredRuns, runFilter } from "../state/run-filter.ts";
import { runLists, wholeRunOf } from "../state/runs.ts";
import { fold, groupBy } from "../state/settings.ts";
import { hoveredRun } from "../state/shown.ts";
import { narrow } from "../state/sidebar.ts";
import { columns, heat, neededColumns, rows, sort, widths } from "../state/table.ts";
import { spanOf } from "../state/table-rows.ts";
import type { TableRow } from "../state/table-rows.ts";
import { ColumnHead, NARROWEST } from "./column-head.tsx";
import { Icon } from "./icon.tsx";
import { cellText, GroupCell, RunCell } from "./run-cell.tsx";
import { clickRun, PinRun, runMenu } from "./run-row.tsx";
import { ShownToggle } from "./shown-toggle.tsx";
import { textWidth } from "./text-width.ts";
import { useAnchor } from "./use-anchor.ts";

const ROW_HEIGHT = 32;
const OVERSCAN = 8;
const SAMPLE = 40;
const WIDEST = 240;
const NAME_WIDTH = 280;
const NARROW_NAME_WIDTH = 200;
const LINE_WIDTH = 160;
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
  if (lineIn(column) !== null) return LINE_WIDTH;
  const widest = Math.max(0, ...sample.map((run) => textWidth(cellText(run, column))));
  return Math.ceil(Math.max(NARROWEST, Math.min(WIDEST, Math.max(textWidth(column.title) + HEAD_ROOM, widest + CELL_ROOM))));
}

/** Some of the first runs, as soon as there are any of which everything is known; the same until the list is another. */
function useSample(): readonly Run[] {
  const held = useRef<{ of: string; runs: readonly Run[] }>({ of: "", runs: [] });
  const of = JSON.stringify([project.value, runFilter.value]);
  if (held.current.of !== of || held.current.runs.length === 0) {
    const runs = filteredRuns.value.slice(0, SAMPLE).filter((run) => wholeRunOf(run.id));
    if (runs.length > 0 || held.current.of !== of) held.current = { of, runs };
  }
  return held.current.runs;
}

/** Columns with what their cells have in common; widths stay once they are found, so that nothing jumps. */
function useColumns(): Drawn[] {
  const list = columns.value;
  const sample = useSample();
  const usual = useMemo(() => {
    return list.map((column) => ({
      width: usualWidth(column, sample),
      numeric: column.id !== "name" && sample.some((run) => typeof column.value(run) === "number"),
    }));
  }, [list, sample]);
  const [shaded, given] = [heat.value, widths.value];
  const runs = shaded ? filteredRuns.value : null;
  return useMemo(
    () =>
      list.map((column, at) => ({
        column,
        ...usual[at]!,
        width: given[column.id] ?? usual[at]!.width,
        span: runs && column.part !== "run" ? spanOf(runs, column) : null,
      })),
    [list, usual, given, runs],
  );
}

/** The columns in view, and how many stand unseen on either side of them; the name is always in view. */
interface Seen {
  before: number;
  drawn: readonly Drawn[];
  after: number;
}

function useSeen(drawn: readonly Drawn[], { left, width }: Look): Seen {
  const ends = useMemo(() => {
    let end = 0;
    return drawn.map((each) => (end += each.width));
  }, [drawn]);
  const first = Math.max(1, ends.findIndex((end) => end > left));
  const beyond = ends.findIndex((end) => end > left + width);
  const last = beyond < 0 ? drawn.length : beyond + 1;
  return useMemo(() => ({ before: first - 1, drawn: drawn.slice(first, last), after: drawn.length - last }), [drawn, first, last]);
}

function Unseen({ columns: count }: { columns: number }) {
  return count > 0 ? <td class="gap" colSpan={count} /> : null;
}

function shade(value: unknown, span: [number, number] | null): Record<string, string> {
  if (!span || typeof value !== "number" || !Number.isFinite(value)) return {};
  const share = ((value - span[0]) / (span[1] - span[0])) * DEEPEST_SHADE;
  return { background: `color-mix(in srgb, var(--accent) ${share.toFixed(1)}%, transparent)` };
}

function RunLine({ run, at, seen }: { run: Run; at: number; seen: Seen }) {
  const picked = pickedIds.value.has(run.id);
  const whole = wholeRunOf(run.id) !== undefined;
  const look = [hoveredRun.value === run.id && "run-hovered", picked && "run-picked", cursorRun.value === run.id && "run-cursor"];
  return (
    <tr
      class={look.filter(Boolean).join(" ")}
      aria-rowindex={at + 2}
      aria-selected={picked}
      data-run={run.name}
      data-whole={whole}
      data-testid="table-run-row"
      onContextMenu={(event) => runMenu(event, run.id)}
      onPointerEnter={() => (hoveredRun.value = run.id)}
      onPointerLeave={() => (hoveredRun.value = null)}
    >
      <th scope="row" aria-colindex={1}>
        <span class="name-cell">
          <input type="checkbox" checked={picked} aria-label={`Pick ${run.name}`} data-testid="pick-run" onChange={(event) => pick([run.id], event.currentTarget.checked)} />
          <ShownToggle run={run} />
          <a class="run-name" href={addressOfPage({ tab: "runs", selectedRun: run.id })} title={run.name} onClick={(event) => clickRun(event, run.id, tableOrder.peek() ?? [])}>
            <bdi>{run.name}</bdi>
          </a>
          <PinRun run={run} />
        </span>
      </th>
      <Unseen columns={seen.before} />
      {seen.drawn.map(({ column, numeric, span }, place) => (
        <td key={column.id} aria-colindex={seen.before + place + 2} class={numeric ? "number" : ""} style={shade(column.value(run), span)}>
          {(whole || isListed(column) || column.value(run) !== undefined) && <RunCell run={run} column={column} />}
        </td>
      ))}
      <Unseen columns={seen.after} />
    </tr>
  );
}

function GroupLine({ row, at, seen }: { row: TableRow & { kind: "group" }; at: number; seen: Seen }) {
  const ids = row.runs.map((run) => run.id);
  const picked = ids.filter((id) => pickedIds.value.has(id)).length;
  return (
    <tr class="group-line" aria-rowindex={at + 2} data-testid="table-group" data-group={row.title}>
      <th scope="row" aria-colindex={1}>
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
      <Unseen columns={seen.before} />
      {seen.drawn.map(({ column, numeric }, place) => (
        <td key={column.id} aria-colindex={seen.before + place + 2} class={numeric ? "number" : ""}>
          <GroupCell runs={row.runs} column={column} />
        </td>
      ))}
      <Unseen columns={seen.after} />
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
  left: number;
  width: number;
}

/** What of a scrolling box is in view, and the row that keys led to kept there. */
function useLook(list: readonly TableRow[]): { box: RefObject<HTMLDivElement | null>; look: Look } {
  const box = useRef<HTMLDivElement>(null);
  const [look, setLook] = useState<Look>({ top: 0, height: 800, left: 0, width: 1_280 });
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = (): void => setLook({ top: element.scrollTop, height: element.clientHeight, left: element.scrollLeft, width: element.clientWidth });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);
  const keys = useMemo(() => list.map((row) => row.id), [list]);
  useAnchor(box, keys, ROW_HEIGHT, sort.value.length === 0);
  // Another order begins at its beginning.
  const order = JSON.stringify([sort.value, groupBy.value, runFilter.value]);
  useLayoutEffect(() => {
    box.current!.scrollTop = 0;
  }, [order]);
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
  const seen = useSeen(drawn, look);
  const first = Math.max(0, Math.floor(look.top / ROW_HEIGHT) - OVERSCAN);
  const last = Math.min(list.length, Math.ceil((look.top + look.height) / ROW_HEIGHT) + OVERSCAN);
  const inView = list.slice(first, last);
  useEffect(() => needWhole(inView.flatMap((row) => (row.kind === "run" ? [row.id] : []))), [inView.map((row) => row.id).join(), runLists.value]);
  useSignalEffect(() => needOfAll(neededColumns.value));
  const total = drawn.reduce((sum, { width }) => sum + width, 0);
  return (
    <div class="runs-scroll" ref={box} tabIndex={0} role="region" aria-label="Runs">
      <table class="data-table runs-table" data-testid="runs-table" aria-label="Runs" aria-rowcount={list.length + 1} aria-colcount={drawn.length} style={{ width: `${total}px` }}>
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
          {inView.map((row, at) =>
            row.kind === "run" ? (
              <RunLine key={row.id} run={row.run} at={first + at} seen={seen} />
            ) : (
              <GroupLine key={row.id} row={row} at={first + at} seen={seen} />
            ),
          )}
          {last < list.length && <tr class="gap" style={{ height: `${(list.length - last) * ROW_HEIGHT}px` }} />}
        </tbody>
      </table>
    </div>
  );
}
