import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { columnOf } from "../state/columns.ts";
import type { Column } from "../state/columns.ts";
import { allColumns, chosenColumns, setColumns, showColumn } from "../state/table.ts";
import { Icon } from "./icon.tsx";
import { Popover } from "./popover.tsx";
import { SearchField } from "./search-field.tsx";
import { useMatching } from "./use-matching.ts";

const PARTS: [Column["part"], string][] = [["run", "Run"], ["metric", "Metrics"], ["config", "Configuration"]];
/** Of one kind; the search finds the others. */
const MOST = 200;

function Choices() {
  const [search, setSearch] = useState("");
  const all = useComputed(() => allColumns.value.flatMap((id) => columnOf(id) ?? [])).value;
  const { hits, fault } = useMatching(search, all.map((column) => column.title));
  const list = hits ? all.filter((column) => hits.has(column.title)) : all;
  const chosen = new Set(chosenColumns.value);
  const ids = list.map((column) => column.id);
  return (
    <div class="column-picker">
      <SearchField value={search} label="Find a column" placeholder="Find a column (regex)" testid="column-search" error={fault} onInput={setSearch} />
      <p class="picker-actions">
        <button type="button" class="link" onClick={() => setColumns([...chosenColumns.value, ...ids.filter((id) => !chosen.has(id))])}>
          Show all {search && "found"}
        </button>
        <button type="button" class="link" onClick={() => setColumns(chosenColumns.value.filter((id) => !ids.includes(id)))}>
          Hide all {search && "found"}
        </button>
        <button type="button" class="link" onClick={() => setColumns(null)}>
          As at first
        </button>
      </p>
      <div class="column-list">
        {PARTS.map(([part, title]) => {
          const mine = list.filter((column) => column.part === part);
          if (mine.length === 0) return null;
          return (
            <fieldset key={part}>
              <legend class="menu-title">{title}</legend>
              {mine.slice(0, MOST).map((column) => (
                <label key={column.id} class="column-choice">
                  <input type="checkbox" checked={chosen.has(column.id)} data-testid="column-choice" data-column={column.id} onChange={(event) => showColumn(column.id, event.currentTarget.checked)} />
                  <bdi class="ellipsis" title={column.title}>
                    {column.title}
                  </bdi>
                </label>
              ))}
              {mine.length > MOST && <p class="faint">+{mine.length - MOST} more</p>}
            </fieldset>
          );
        })}
        {list.length === 0 && <p class="picker-none">No column is named like this</p>}
      </div>
    </div>
  );
}

/** Every column that there can be, to be shown or hidden. */
export function ColumnPicker() {
  return (
    <Popover
      label="Choose columns"
      class="button"
      testid="column-picker"
      face={
        <>
          Columns <Icon name="down" />
        </>
      }
    >
      <Choices />
    </Popover>
  );
}
