import { useLayoutEffect, useRef } from "preact/hooks";
import type { Row } from "../state/remote-rows.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { Cell } from "./cell.tsx";
import { Icon } from "./icon.tsx";

interface Props {
  title: string;
  columns: readonly string[];
  row: Row | undefined;
  index: number;
  total: number;
  item: Omit<Item, "media" | "part">;
  onTurn(index: number): void;
  onClose(): void;
}

/** One row with its cells in full; up and down turn to the next. */
export function RowDialog({ title, columns, row, index, total, item, onTurn, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current!.showModal(), []);
  const turn = (by: number): void => onTurn(Math.max(0, Math.min(total - 1, index + by)));
  return (
    <dialog
      ref={dialog}
      class="row-dialog"
      data-testid="row-dialog"
      aria-label={`Row ${index + 1} of ${title}`}
      onClose={onClose}
      onKeyDown={(event) => {
        if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
        event.preventDefault();
        turn(event.key === "ArrowUp" ? -1 : 1);
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <header class="card-head">
        <h2 class="card-title">{title}</h2>
        <button type="button" class="icon-button small" title="Previous row  ↑" aria-label="Previous row" disabled={index === 0} onClick={() => turn(-1)}>
          <Icon name="up" />
        </button>
        <span class="faint">
          row {(index + 1).toLocaleString("en-US")} of {total.toLocaleString("en-US")}
        </span>
        <button type="button" class="icon-button small" title="Next row  ↓" aria-label="Next row" disabled={index >= total - 1} onClick={() => turn(1)}>
          <Icon name="down" />
        </button>
        <button type="button" class="icon-button small" title="Close  Esc" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <dl class="row-cells" aria-busy={row === undefined}>
        {columns.map((column, at) => (
          <div key={at}>
            <dt>{column}</dt>
            <dd>
              <Cell value={row?.[at] ?? null} item={item} />
            </dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
