import { useState } from "preact/hooks";
import { axisNames } from "../state/metrics.ts";
import { closeAround } from "./popover.tsx";
import { SearchField } from "./search-field.tsx";

const MOST = 60;

interface Props {
  label: string;
  testid: string;
  chosen(name: string): boolean;
  onChoose(name: string): void;
}

/** Metrics to choose one of, found by a part of their names. */
export function MetricList({ label, testid, chosen, onChoose }: Props) {
  const [sought, setSought] = useState("");
  const names = axisNames.value.filter((name) => name.toLowerCase().includes(sought.toLowerCase()));
  return (
    <>
      <SearchField value={sought} label="Find a metric" placeholder={label} testid={`${testid}-filter`} onInput={setSought} />
      <div class="menu menu-list" role="menu">
        {names.slice(0, MOST).map((name) => (
          <button
            key={name}
            type="button"
            role="menuitemradio"
            aria-checked={chosen(name)}
            data-testid={testid}
            onClick={(event) => {
              closeAround(event.currentTarget);
              onChoose(name);
            }}
          >
            <bdi class="ellipsis">{name}</bdi>
          </button>
        ))}
        {names.length > MOST && <p class="faint">+{names.length - MOST} more</p>}
      </div>
    </>
  );
}
