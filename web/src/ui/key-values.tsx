import { useState } from "preact/hooks";
import { flattened } from "../state/grouping.ts";
import { exactText } from "./format.ts";
import { SearchField } from "./search-field.tsx";

const SEARCH_FROM = 12;

/** A configuration, nested keys joined by dots. */
export function KeyValues({ values, empty }: { values: Record<string, unknown>; empty: string }) {
  const [search, setSearch] = useState("");
  const all = flattened(values);
  const found = all.filter(([key, value]) => `${key} ${exactText(value)}`.toLowerCase().includes(search.toLowerCase()));
  if (all.length === 0) return <p class="card-note">{empty}</p>;
  return (
    <>
      {all.length >= SEARCH_FROM && <SearchField value={search} label="Search" placeholder="Search keys and values" testid="config-search" onInput={setSearch} />}
      <dl class="key-values">
        {found.map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{exactText(value)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
