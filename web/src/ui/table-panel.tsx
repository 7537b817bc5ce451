import { useMemo, useRef, useState } from "preact/hooks";
import type { LoggedObject, Media, Run } from "../api/types.ts";
import { newestIn, stepsIn } from "../state/logged.ts";
import { hasOwnStep, setOwnStep, stepOf } from "../state/media-view.ts";
import { mediaIn } from "../state/objects.ts";
import { runOf } from "../state/runs.ts";
import { Icon } from "./icon.tsx";
import { LoggedTable } from "./logged-table.tsx";
import { Problem } from "./problem.tsx";
import { StepSlider } from "./step-slider.tsx";
import { Swatch } from "./swatch.tsx";
import { useLogged, useShownIds } from "./use-logged.ts";
import { useVisible } from "./use-visible.ts";

function tableIn(object: LoggedObject): Media | undefined {
  return mediaIn(object.value).find(({ media }) => media._type === "trackio.table")?.media;
}

function RunChoice({ run, runs, onChange }: { run: Run; runs: readonly Run[]; onChange(id: string): void }) {
  return (
    <label class="run-choice">
      <Swatch run={run} />
      <span class="unseen">Run</span>
      {runs.length === 1 ? (
        <span class="faint ellipsis">{run.name}</span>
      ) : (
        <select value={run.id} data-testid="table-run" onChange={(event) => onChange(event.currentTarget.value)}>
          {runs.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      )}
    </label>
  );
}

/** What a table is held against: that of the step before, or of another run. */
const STEP_BEFORE = "step before";

interface AgainstProps {
  value: string;
  runs: readonly Run[];
  stepBefore: boolean;
  onChange(value: string): void;
}

function AgainstChoice({ value, runs, stepBefore, onChange }: AgainstProps) {
  if (!stepBefore && runs.length === 0) return null;
  return (
    <label class="run-choice">
      <span class="unseen">Held against</span>
      <select value={value} data-testid="table-against" onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">not compared</option>
        {stepBefore && <option value={STEP_BEFORE}>against the step before</option>}
        {runs.map((each) => (
          <option key={each.id} value={each.id}>
            against {each.name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface Compared {
  name: string;
  object: LoggedObject | undefined;
  steps: readonly number[];
  /** Those of the other runs at the same step. */
  tables: ReadonlyMap<string, LoggedObject>;
  visible: boolean;
}

/** What a reader chose to hold a table against, once it is there. */
function useAgainst({ name, object, steps, tables, visible }: Compared) {
  const [value, onChange] = useState("");
  const place = object ? steps.indexOf(object.step) : -1;
  const step = place > 0 ? steps[place - 1]! : null;
  const asked = visible && value === STEP_BEFORE && step !== null;
  const before = useLogged({ key: name, runs: object ? [object.run] : [], last: step }, asked, newestIn);
  const other = value === STEP_BEFORE ? before.found?.find((each) => each.step === step && each.run === object?.run) : tables.get(value);
  const media = other && other !== object ? tableIn(other) : undefined;
  return { value, onChange, stepBefore: step !== null, earlier: media?.state === "ready" ? media : null };
}

function Inside({ media, object, earlier }: { media: Media; object: LoggedObject; earlier: Media | null }) {
  const { run, key, step } = object;
  const item = useMemo(() => ({ run, key, step }), [run, key, step]);
  if (media.state === "failed") return <Problem text={`This table could not be stored: ${media.error ?? "no reason given"}`} />;
  if (media.state === "pending") return <p class="chart-none">Storing this table…</p>;
  return <LoggedTable media={media} item={item} earlier={earlier} />;
}

/** The tables of one key: one run's at one step. */
export function TablePanel({ name }: { name: string }) {
  const card = useRef<HTMLElement>(null);
  const visible = useVisible(card, "600px");
  const ids = useShownIds();
  const [chosen, setChosen] = useState<string | null>(null);
  const logged = useLogged({ key: name, runs: ids, last: stepOf(name) }, visible, newestIn);
  const tables = new Map((logged.found ?? []).filter((object) => tableIn(object) !== undefined).map((object) => [object.run, object]));
  const runs = ids.flatMap((id) => (tables.has(id) ? (runOf(id) ?? []) : []));
  const run = runs.find((each) => each.id === chosen) ?? runs[0];
  const steps = useLogged({ key: name, runs: run ? [run.id] : [] }, visible && run !== undefined, stepsIn);
  const object = run && tables.get(run.id);
  const media = object && tableIn(object);
  const against = useAgainst({ name, object, steps: steps.found ?? [], tables, visible });
  return (
    <section ref={card} class="card table-card" data-testid="table" data-key={name} data-step={object?.step ?? ""} aria-label={`Table ${name}`}>
      <header class="card-head">
        <h3 class="card-title" title={name}>
          {name}
        </h3>
        {run && <RunChoice run={run} runs={runs} onChange={setChosen} />}
        <AgainstChoice {...against} runs={runs.filter((each) => each !== run)} />
        {hasOwnStep(name) && (
          <button type="button" class="icon-button small" title="At the page's step again" aria-label={`${name} at the page's step again`} onClick={() => setOwnStep(name, undefined)}>
            <Icon name="reset" />
          </button>
        )}
        <StepSlider steps={steps.found ?? []} step={stepOf(name)} label={name} onChange={(step) => setOwnStep(name, step)} />
      </header>
      {logged.error !== null && <Problem text={logged.error} retry={logged.reload} />}
      {logged.error === null && logged.found === null && <div class="table-wait skeleton" aria-busy="true" />}
      {logged.found !== null && !media && <p class="chart-none">None of the runs shown logged this.</p>}
      {object && media && <Inside media={media} object={object} earlier={against.earlier} />}
    </section>
  );
}
