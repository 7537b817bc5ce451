import { useRef, useState } from "preact/hooks";
import { atStep, mediaIn, stepsOf } from "../state/objects.ts";
import { shownRuns } from "../state/shown.ts";
import { PagedTable } from "./paged-table.tsx";
import { Problem } from "./problem.tsx";
import { StepSlider } from "./step-slider.tsx";
import { Swatch } from "./swatch.tsx";
import { useObjects } from "./use-objects.ts";
import { useVisible } from "./use-visible.ts";

/** The tables of one key: one run's at one step. */
export function TablePanel({ name }: { name: string }) {
  const card = useRef<HTMLElement>(null);
  const { list, reload, older } = useObjects(name, useVisible(card, "600px"));
  const [step, setStep] = useState<number | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const tables = list.objects.filter((object) => mediaIn(object.value).some(({ media }) => media._type === "trackio.table"));
  const having = new Set(tables.map((object) => object.run));
  const runs = shownRuns.value.filter((run) => having.has(run.id));
  const run = runs.find((each) => each.id === chosen) ?? runs[0];
  const mine = tables.filter((object) => object.run === run?.id);
  const steps = stepsOf(mine);
  const now = run && (atStep(mine, step ?? Infinity).get(run.id) ?? mine.at(-1));
  const media = now && mediaIn(now.value).find((each) => each.media._type === "trackio.table")?.media;
  return (
    <section ref={card} class="card table-card" data-testid="table" data-key={name} data-step={now?.step ?? ""} aria-label={`Table ${name}`}>
      <header class="card-head">
        <h3 class="card-title" title={name}>
          {name}
        </h3>
        {run && (
          <label class="run-choice">
            <Swatch run={run} />
            <span class="unseen">Run</span>
            {runs.length === 1 ? (
              <span class="faint ellipsis">{run.name}</span>
            ) : (
              <select value={run.id} data-testid="table-run" onChange={(event) => setChosen(event.currentTarget.value)}>
                {runs.map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name}
                  </option>
                ))}
              </select>
            )}
          </label>
        )}
        {list.next !== null && (
          <button type="button" class="button" onClick={older}>
            Load older steps
          </button>
        )}
        <StepSlider steps={steps} step={step} label={name} onChange={setStep} />
      </header>
      {list.state === "loading" && <div class="table-wait skeleton" aria-busy="true" />}
      {list.state === "failed" && <Problem text={list.error} retry={reload} />}
      {list.state === "ready" && !media && <p class="chart-none">None of the runs shown logged this.</p>}
      {media?.state === "failed" && <Problem text={`This table could not be stored: ${media.error ?? "no reason given"}`} />}
      {media?.state === "pending" && <p class="chart-none">Storing this table…</p>}
      {now && media?.state === "ready" && <PagedTable key={media.id} id={media.id} run={now.run} name={name} step={now.step} />}
    </section>
  );
}
