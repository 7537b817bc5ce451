import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Column } from "../state/columns.ts";
import { SHAPES } from "../state/columns.ts";
import { setGroupBy } from "../state/settings.ts";
import { chosenColumns, moveColumn, setColumns, setSort, setWidth, shiftColumn, showColumn, sort, sortBy } from "../state/table.ts";
import { Icon } from "./icon.tsx";
import { MenuItem } from "./menu-item.tsx";
import { Popover } from "./popover.tsx";

export const NARROWEST = 56;
const KEY_STEP = 16;

interface Props {
  column: Column;
  width: number;
  numeric: boolean;
  /** What stands before the title. */
  before?: ComponentChildren;
}

/** The edge of a column, dragged or moved with arrow keys; a double click gives it its usual width again. */
function Edge({ column, width }: Pick<Props, "column" | "width">) {
  const from = useRef<[number, number] | null>(null);
  const resize = (to: number): void => setWidth(column.id, Math.max(NARROWEST, to));
  return (
    <span
      class="column-edge"
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${column.title}`}
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      tabIndex={0}
      data-testid="column-edge"
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = [event.clientX, width];
      }}
      onPointerMove={(event) => {
        if (from.current) resize(from.current[1] + event.clientX - from.current[0]);
      }}
      onLostPointerCapture={() => (from.current = null)}
      onDblClick={() => setWidth(column.id, null)}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") resize(width - KEY_STEP);
        else if (event.key === "ArrowRight") resize(width + KEY_STEP);
        else return;
        event.preventDefault();
      }}
    />
  );
}

/** Puts another fold of the same metric in a column's place, in the order of rows, too. */
function refold(column: Column, fold: string): void {
  const id = `${fold}:${column.id.slice(column.id.indexOf(":") + 1)}`;
  if (chosenColumns.peek().includes(id)) return;
  setColumns(chosenColumns.peek().map((each) => (each === column.id ? id : each)));
  if (sort.peek().some((each) => each.column === column.id)) setSort(sort.peek().map((each) => (each.column === column.id ? { ...each, column: id } : each)));
}

function ColumnMenu({ column }: { column: Column }) {
  const items: [string, () => void][] = [
    ["Sort rising", () => setSort([{ column: column.id, descending: false }])],
    ["Sort falling", () => setSort([{ column: column.id, descending: true }])],
  ];
  if (column.part === "config") items.push(["Group by this", () => setGroupBy(column.id.slice("config:".length))]);
  if (column.id === "group") items.push(["Group by this", () => setGroupBy("group")]);
  if (column.id !== "name") {
    items.push(["Move left", () => shiftColumn(column.id, -1)], ["Move right", () => shiftColumn(column.id, 1)], ["Hide", () => showColumn(column.id, false)]);
  }
  return (
    <Popover label={`More for ${column.title}`} class="column-more" testid="column-menu" face={<Icon name="more" />}>
      <div class="menu" role="menu">
        {column.part === "metric" && (
          <div class="menu-row" role="group" aria-label="Value">
            {SHAPES.map((fold) => (
              <MenuItem key={fold} title={fold} checked={column.id.startsWith(`${fold}:`)} act={() => refold(column, fold)} />
            ))}
          </div>
        )}
        {items.map(([title, act]) => (
          <MenuItem key={title} title={title} act={act} />
        ))}
      </div>
    </Popover>
  );
}

const DRAGGED = "application/x-trackio-column";

/** Sorts with a click, behind others with shift; dragged to another place, it goes there. */
export function ColumnHead({ column, width, numeric, before }: Props) {
  const [over, setOver] = useState(false);
  const at = sort.value.findIndex((each) => each.column === column.id);
  const sorted = at < 0 ? "none" : sort.value[at]!.descending ? "descending" : "ascending";
  const movable = column.id !== "name";
  const kind = column.part === "run" ? "" : `${column.part} `;
  return (
    <th
      class={`column-${column.part}${numeric ? " number" : ""}${over ? " column-over" : ""}`}
      data-column={column.id}
      aria-sort={sorted}
      scope="col"
      draggable={movable}
      onDragStart={(event) => event.dataTransfer?.setData(DRAGGED, column.id)}
      onDragOver={(event) => {
        if (!movable || !event.dataTransfer?.types.includes(DRAGGED)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        const id = event.dataTransfer?.getData(DRAGGED);
        if (id) moveColumn(id, column.id);
      }}
    >
      <span class="column-head">
        {before}
        <button type="button" class="column-sort" title={`${kind}${column.title}\nclick: sort · shift-click: sort by this, too`} onClick={(event) => sortBy(column.id, event.shiftKey)}>
          <bdi class="ellipsis">{column.title}</bdi>
          <span class={`sort sort-${sorted}`} aria-hidden="true">
            <Icon name="down" />
            {at >= 0 && sort.value.length > 1 && <small>{at + 1}</small>}
          </span>
        </button>
        <ColumnMenu column={column} />
      </span>
      <Edge column={column} width={width} />
    </th>
  );
}
