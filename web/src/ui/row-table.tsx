import "../styles/row-table.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { RowChange } from "../api/types.ts";
import { signed } from "../chart/index.ts";
import { mediaIn } from "../state/objects.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import type { RemoteRows, Row } from "../state/remote-rows.ts";
import { Cell } from "./cell.tsx";
import { exactText } from "./format.ts";
import { Icon } from "./icon.tsx";
import { RowDialog } from "./row-dialog.tsx";
import { textWidth } from "./text-width.ts";
import { useScrolled } from "./use-scrolled.ts";

export interface Order {
  sort?: string;
  descending: boolean;
}

interface Props {
  name: string;
  rows: RemoteRows;
  order: Order;
  tall: boolean;
  item: Omit<Item, "media" | "part">;
  onOrder(order: Order): void;
}

const LOW = 32;
const TALL = 92;
const OVERSCAN = 8;
const SAMPLE = 50;
const ROOM = 44;
const NARROWEST = 72;
const WIDEST = 420;
const NUMBER_WIDTH = 64;
const MEDIA_WIDTH = 112;
const SORT_WIDTH = 14;

/** First rising, then falling, then as it was logged. */
function nextOrder(order: Order, column: string): Order {
  if (order.sort !== column) return { sort: column, descending: false };
  return order.descending ? { descending: false } : { sort: column, descending: true };
}

interface Look {
  width: number;
  numeric: boolean;
}

function sampleOf(rows: RemoteRows): Row[] {
  return Array.from({ length: Math.min(SAMPLE, rows.total ?? 0) }, (_, at) => rows.at(at) ?? []);
}

function widthOf(cell: unknown): number {
  if (typeof cell === "object" && mediaIn(cell).length > 0) return MEDIA_WIDTH;
  return Math.max(0, ...exactText(cell).split("\n").map(textWidth));
}

/** Whether some cells need more than one line. */
export function needsRoom(rows: RemoteRows): boolean {
  return sampleOf(rows).some((row) => row.some((cell) => (typeof cell === "string" ? cell.length > 80 || cell.includes("\n") : mediaIn(cell).length > 0)));
}

/** How wide columns are, and whether they hold numbers; found once for each set of columns, so that nothing jumps. */
function useLooks(rows: RemoteRows): Look[] {
  return useMemo(() => {
    const sample = sampleOf(rows);
    return rows.columns.map((column, at) => {
      const cells = sample.map((row) => row[at]);
      const widest = Math.max(textWidth(column) + SORT_WIDTH, ...cells.map(widthOf));
      const filled = cells.filter((cell) => cell !== null && cell !== undefined);
      const numeric = filled.length > 0 && filled.every((cell) => typeof cell === "number");
      return { width: Math.ceil(Math.max(NARROWEST, Math.min(WIDEST, widest + ROOM))), numeric };
    });
  }, [JSON.stringify(rows.columns), rows.total === 0]);
}

function Head({ column, look, order, at, onOrder }: { column: string; look: Look; order: Order; at: number; onOrder(order: Order): void }) {
  const sorted = order.sort === column ? (order.descending ? "descending" : "ascending") : "none";
  return (
    <th class={look.numeric ? "number" : ""} aria-sort={sorted} aria-colindex={at + 2} scope="col">
      <button type="button" title={column} onClick={() => onOrder(nextOrder(order, column))}>
        <bdi class="ellipsis">{column}</bdi>
        <span class={`sort sort-${sorted}`}>
          <Icon name="down" />
        </span>
      </button>
    </th>
  );
}

/** A cell that is another than it was, and what it was. */
function ChangedCell({ value, before, item }: { value: unknown; before: unknown } & Pick<Props, "item">) {
  const by = typeof value === "number" && typeof before === "number" ? value - before : null;
  const was = exactText(before);
  return (
    <span class="cell-changed" title={`was ${was}${by === null ? "" : `, ${signed(by)}`}`}>
      <Cell value={value} item={item} />
      <s class="cell-was">{was}</s>
    </span>
  );
}

const SIGNS: Record<RowChange["kind"], string> = { same: "", changed: "≠", new: "+", gone: "−" };

interface LineProps extends Pick<Props, "item"> {
  row: Row | undefined;
  change: RowChange | undefined;
  index: number;
  looks: readonly Look[];
  onOpen(): void;
}

function Line({ row, change, index, looks, item, onOpen }: LineProps) {
  return (
    <tr class={change ? `row-${change.kind}` : ""} aria-rowindex={index + 2} aria-busy={row === undefined} data-testid="table-row" data-change={change?.kind}>
      <th scope="row" aria-colindex={1}>
        {change && (
          <span class="row-sign" title={change.kind}>
            {SIGNS[change.kind]}
            <span class="unseen">{change.kind}</span>
          </span>
        )}
        <button type="button" title="The whole row" aria-label={`Row ${index + 1}, whole`} onClick={onOpen}>
          {(index + 1).toLocaleString("en-US")}
        </button>
      </th>
      {looks.map(({ numeric }, at) => (
        <td key={at} class={numeric || typeof row?.[at] === "number" ? "number" : ""} aria-colindex={at + 2}>
          {row && change?.differ.includes(at) && <ChangedCell value={row[at]} before={change.before?.[at]} item={item} />}
          {row && !change?.differ.includes(at) && <Cell value={row[at]} item={item} />}
        </td>
      ))}
    </tr>
  );
}

/** The rows of a logged table, of which only those in view exist. */
export function RowTable({ name, rows, order, tall, item, onOrder }: Props) {
  const { box, top, height, width: room } = useScrolled();
  const [open, setOpen] = useState<number | null>(null);
  const looks = useLooks(rows);
  const total = rows.total ?? 0;
  const line = tall ? TALL : LOW;
  const first = Math.max(0, Math.floor(top / line) - OVERSCAN);
  const last = Math.min(total, Math.ceil((top + height) / line) + OVERSCAN);
  useEffect(() => rows.need(first, last), [rows, first, last, total]);
  // Another order or filter begins at its beginning.
  const asked = JSON.stringify({ ...rows.query, id: "" });
  useEffect(() => {
    box.current!.scrollTop = 0;
  }, [asked]);
  const width = looks.reduce((sum, look) => sum + look.width, NUMBER_WIDTH);
  // What is left over makes the columns wider, but not the numbers in front.
  const wider = Math.max(1, (room - NUMBER_WIDTH) / Math.max(1, width - NUMBER_WIDTH));
  return (
    <div class={tall ? "table-scroll row-scroll rows-tall" : "table-scroll row-scroll"} ref={box} tabIndex={0} role="region" aria-label={`Rows of ${name}`}>
      <table class="data-table row-table" data-rows={total} aria-rowcount={total + 1} aria-colcount={looks.length + 1} style={{ minWidth: `${width}px` }}>
        <colgroup>
          <col style={{ width: `${NUMBER_WIDTH}px` }} />
          {looks.map((look, at) => (
            <col key={at} style={{ width: `${look.width * wider}px` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" aria-colindex={1}>
              <span class="unseen">Row</span>
            </th>
            {rows.columns.map((column, at) => (
              <Head key={at} column={column} look={looks[at]!} order={order} at={at} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr class="gap" style={{ height: `${first * line}px` }} />}
          {Array.from({ length: Math.max(0, last - first) }, (_, at) => (
            <Line key={first + at} row={rows.at(first + at)} change={rows.changeAt(first + at)} index={first + at} looks={looks} item={item} onOpen={() => setOpen(first + at)} />
          ))}
          {last < total && <tr class="gap" style={{ height: `${(total - last) * line}px` }} />}
        </tbody>
      </table>
      {total === 0 && <p class="chart-none">{rows.query.filter || rows.query.changed ? "No row is like that." : "This table has no rows."}</p>}
      {open !== null && (
        <RowDialog
          title={name}
          columns={rows.columns}
          row={rows.at(open)}
          index={open}
          total={total}
          item={item}
          onClose={() => setOpen(null)}
          onTurn={(index) => {
            rows.need(index, index + 1);
            setOpen(index);
          }}
        />
      )}
    </div>
  );
}
