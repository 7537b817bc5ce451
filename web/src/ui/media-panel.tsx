import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { formatStep } from "../chart/index.ts";
import { newestIn, objectsIn, stepsIn } from "../state/logged.ts";
import { placeOf } from "../state/media-address.ts";
import { arrangement, hasOwnStep, setOwnStep, stepOf } from "../state/media-view.ts";
import { galleryItems } from "../state/objects.ts";
import { Icon } from "./icon.tsx";
import { MediaGrid } from "./media-grid.tsx";
import { MediaStrips } from "./media-strips.tsx";
import { Problem } from "./problem.tsx";
import { StepSlider } from "./step-slider.tsx";
import { useLogged, useShownIds } from "./use-logged.ts";
import type { Logged } from "./use-logged.ts";
import { useVisible } from "./use-visible.ts";

/** Steps of a row of the grid; earlier ones come with the slider. */
const STEPS_IN_ROW = 12;

interface InsideProps {
  name: string;
  runs: readonly string[];
  visible: boolean;
}

function Found<T>({ logged, children }: { logged: Logged<T>; children(found: T): ComponentChildren }) {
  if (logged.error !== null) return <Problem text={logged.error} retry={logged.reload} />;
  if (logged.found === null) return <div class="media-strips skeleton" aria-busy="true" />;
  return <>{children(logged.found)}</>;
}

function AtOneStep({ name, runs, visible }: InsideProps) {
  const logged = useLogged({ key: name, runs, last: stepOf(name) }, visible, newestIn);
  return <Found logged={logged}>{(objects) => <MediaStrips objects={objects} runs={runs} />}</Found>;
}

function OverSteps({ name, runs, visible, steps }: InsideProps & { steps: readonly number[] }) {
  const end = placeOf(steps, stepOf(name)) + 1;
  const columns = steps.slice(Math.max(0, end - STEPS_IN_ROW), end);
  const logged = useLogged({ key: name, runs, first: columns[0] ?? 0, last: columns.at(-1) ?? 0 }, visible && columns.length > 0, objectsIn);
  return (
    <Found logged={logged}>
      {(objects) => {
        const byPlace = new Map(objects.map((object) => [`${object.run}:${object.step}`, object]));
        return (
          <MediaGrid
            label={`${name} over its steps`}
            columns={columns.map((step) => ({ id: String(step), title: `step ${formatStep(step)}` }))}
            runs={runs}
            itemsAt={(run, step) => {
              const object = byPlace.get(`${run}:${step}`);
              return object ? galleryItems(object) : [];
            }}
          />
        );
      }}
    </Found>
  );
}

/** The media of one key: of each run at one step, or over the steps up to it. */
export function MediaPanel({ name }: { name: string }) {
  const card = useRef<HTMLElement>(null);
  const visible = useVisible(card, "600px");
  const runs = useShownIds();
  const steps = useLogged({ key: name, runs }, visible, stepsIn);
  const inside = { name, runs, visible };
  return (
    <section ref={card} class="card media-card" data-testid="media" data-key={name} aria-label={`Media ${name}`}>
      <header class="card-head">
        <h3 class="card-title" title={name}>
          {name}
        </h3>
        {hasOwnStep(name) && (
          <button type="button" class="icon-button small" title="At the page's step again" aria-label={`${name} at the page's step again`} onClick={() => setOwnStep(name, undefined)}>
            <Icon name="reset" />
          </button>
        )}
        <StepSlider steps={steps.found ?? []} step={stepOf(name)} label={name} onChange={(step) => setOwnStep(name, step)} />
      </header>
      {arrangement.value === "steps" ? <OverSteps {...inside} steps={steps.found ?? []} /> : <AtOneStep {...inside} />}
    </section>
  );
}
