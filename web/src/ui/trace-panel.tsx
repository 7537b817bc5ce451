import "../styles/traces.css";
import { useRef, useState } from "preact/hooks";
import type { TraceHead } from "../api/traces.ts";
import { formatStep } from "../chart/index.ts";
import { traceKey } from "../state/trace-list.ts";
import { Conversation } from "./conversation.tsx";
import { plural } from "./format.ts";
import { Problem } from "./problem.tsx";
import { SearchField } from "./search-field.tsx";
import { TraceLine, UnreadLine } from "./trace-line.tsx";
import { useTraces } from "./use-traces.ts";
import { useVisible } from "./use-visible.ts";
import { VirtualList } from "./virtual-list.tsx";

const LINE_HEIGHT = 72;

/** The traces of one key: a list that is searched, and beside it the one that was chosen. */
export function TracePanel({ name }: { name: string }) {
  const card = useRef<HTMLElement>(null);
  const [step, setStep] = useState<number | null>(null);
  const [search, setSearch] = useState("");
  const [chosen, setChosen] = useState<TraceHead | null>(null);
  const { list, steps } = useTraces(name, step, search, useVisible(card, "600px"));
  const first = list.rows[0];
  const now = chosen ?? (typeof first === "object" ? first : null);
  const at = now === null ? -1 : list.rows.findIndex((row) => traceKey(row) === traceKey(now));
  const turn = (by: number): void => {
    const next = list.rows[at + by];
    if (typeof next === "object") setChosen(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    turn(event.key === "ArrowDown" ? 1 : -1);
  };
  return (
    <section ref={card} class="card trace-card" data-testid="traces" data-key={name} data-total={list.rows.length} aria-label={`Traces ${name}`}>
      <header class="card-head">
        <h3 class="card-title" title={name}>
          {name}
        </h3>
        <span class="faint">{list.state === "ready" ? plural(list.rows.length, "trace") : ""}</span>
        <SearchField value={search} label={`Search ${name}`} placeholder="Search what was said" testid="trace-search" onInput={setSearch} />
        {steps.length > 1 && (
          <label class="select-line">
            <span class="unseen">Step of {name}</span>
            <select value={step ?? ""} data-testid="trace-step" onChange={({ currentTarget: { value } }) => setStep(value === "" ? null : Number(value))}>
              <option value="">all {steps.length.toLocaleString("en-US")} steps</option>
              {steps.toReversed().map((each) => (
                <option key={each} value={each}>
                  step {formatStep(each)}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      {list.state === "failed" && <Problem text={list.error} retry={() => list.load()} />}
      {list.state === "loading" && list.rows.length === 0 && <div class="table-wait skeleton" aria-busy="true" />}
      {list.state === "ready" && list.rows.length === 0 && (
        <p class="chart-none">{search === "" ? "None of the runs shown logged this." : "Nothing that was said holds this text."}</p>
      )}
      {list.rows.length > 0 && (
        <div class={`trace-body${chosen ? " trace-chosen" : ""}`} style={{ "--lines": `${list.rows.length}` }}>
          <div class="trace-list" onKeyDown={onKeyDown}>
            <VirtualList items={list.rows} rowHeight={LINE_HEIGHT} label={`Traces of ${name}`} reveal={chosen ? at : -1} keyOf={traceKey}>
              {(row, place) =>
                typeof row === "number" ? <UnreadLine place={place} list={list} /> : <TraceLine head={row} now={place === at} onChoose={setChosen} />
              }
            </VirtualList>
          </div>
          {now && <Conversation key={traceKey(now)} head={now} onBack={() => setChosen(null)} />}
        </div>
      )}
    </section>
  );
}
