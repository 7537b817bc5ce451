import { useEffect, useState } from "preact/hooks";
import type { Media } from "../api/types.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { allRows } from "../state/remote-rows.ts";
import type { RowsQuery } from "../state/remote-rows.ts";
import { plural } from "./format.ts";
import { Icon } from "./icon.tsx";
import { Problem } from "./problem.tsx";
import { needsRoom, RowTable } from "./row-table.tsx";
import type { Order } from "./row-table.tsx";
import { save } from "./save.ts";
import { SearchField } from "./search-field.tsx";
import { Toggle } from "./toggle.tsx";
import { useRemoteRows } from "./use-remote-rows.ts";

interface Props {
  media: Media;
  item: Omit<Item, "media" | "part">;
  /** The table that it is held against. */
  earlier: Media | null;
}

/** How two tables are held against each other: by the cells of which column (by number where it is empty), and whether all of it is shown. */
interface Match {
  on: string;
  changed: boolean;
}

function MatchTools({ columns, match, onChange }: { columns: readonly string[]; match: Match; onChange(match: Match): void }) {
  return (
    <>
      <label class="match-on">
        <span class="faint">matched by</span>
        <select value={match.on} data-testid="match-on" onChange={(event) => onChange({ ...match, on: event.currentTarget.value })}>
          <option value="">row number</option>
          {columns.map((column) => (
            <option key={column} value={column}>
              {column}
            </option>
          ))}
        </select>
      </label>
      <Toggle label="Only changes" title="Leave out rows that are the same" on={match.changed} testid="only-changes" onChange={(changed) => onChange({ ...match, changed })} />
    </>
  );
}

const TYPING_MS = 200;

/** Returns a text once nobody has changed it for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

async function download(query: RowsQuery, { key, step }: Props["item"]): Promise<void> {
  const { rowsAsCsv } = await import("../state/table-files.ts");
  const { columns, rows } = await allRows(query);
  save(new Blob([rowsAsCsv(columns, rows)], { type: "text/csv" }), `${key.replaceAll("/", "-")}-${step}.csv`);
}

/** One table: filtered and sorted by the server, saved as it is shown. */
export function LoggedTable({ media, item, earlier }: Props) {
  const [match, setMatch] = useState<Match>({ on: "", changed: false });
  const [order, setOrder] = useState<Order>({ descending: false });
  const [text, setText] = useState("");
  const [tall, setTall] = useState<boolean | null>(null);
  const filter = useSettled(text).trim();
  const against = earlier ? { against: earlier.id, on: match.on, changed: match.changed } : {};
  const query = { id: media.id, ...order, ...against, ...(filter === "" ? {} : { filter }) };
  const { rows, error, retry } = useRemoteRows(query);
  const bad = error !== null && filter !== "";
  if (error !== null && !bad && !rows) return <Problem text={error} retry={retry} />;
  if (!rows) return <div class="table-wait skeleton" aria-busy="true" />;
  const [found, all] = [rows.total ?? 0, media.rows ?? 0];
  return (
    <>
      <div class="table-tools">
        <SearchField
          value={text}
          label={`Filter rows of ${item.key}`}
          placeholder="Filter rows: words, or score > 0.5"
          title={`Words in any cell, or conditions on columns: ${rows.columns[0] ?? "x"} = 1 and "a name" ~ "pattern"`}
          testid="row-filter"
          error={bad ? error : null}
          onInput={setText}
        />
        <Toggle label="Tall rows" title="Several lines of text, larger images" on={tall ?? needsRoom(rows)} testid="tall-rows" onChange={setTall} />
        {earlier && <MatchTools columns={rows.columns} match={match} onChange={setMatch} />}
        <span class={bad ? "bad" : "faint"} role="status" data-testid="row-count">
          {bad ? error : filter === "" ? plural(found, "row") : `${found.toLocaleString("en-US")} of ${plural(all, "row")}`}
        </span>
        <span class="spacer" />
        <button type="button" class="icon-button small" title="Save these rows as CSV" aria-label={`Save rows of ${item.key} as CSV`} data-testid="rows-csv" onClick={() => void download(query, item)}>
          <Icon name="download" />
        </button>
      </div>
      <RowTable name={item.key} rows={rows} order={order} tall={tall ?? needsRoom(rows)} item={item} onOrder={setOrder} />
    </>
  );
}
