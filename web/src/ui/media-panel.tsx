import { useRef, useState } from "preact/hooks";
import type { LoggedObject } from "../api/types.ts";
import { formatStep } from "../chart/index.ts";
import { atStep, isShown, mediaIn, stepsOf } from "../state/objects.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { runOf } from "../state/runs.ts";
import { hoveredRun, shownRuns } from "../state/shown.ts";
import { MediaItem } from "./media-item.tsx";
import { Problem } from "./problem.tsx";
import { StepSlider } from "./step-slider.tsx";
import { Swatch } from "./swatch.tsx";
import { useObjects } from "./use-objects.ts";
import { useVisible } from "./use-visible.ts";

/** Galleries longer than this are read in parts. */
const RUNS_AT_ONCE = 40;

function itemsOf(object: LoggedObject): Item[] {
  return mediaIn(object.value)
    .filter(({ media }) => isShown(media))
    .map(({ media, part }) => ({ media, part, run: object.run, key: object.key, step: object.step }));
}

/** The media of one key: a strip per run, at one step. */
export function MediaPanel({ name }: { name: string }) {
  const card = useRef<HTMLElement>(null);
  const { list, reload, older } = useObjects(name, useVisible(card, "600px"));
  const [step, setStep] = useState<number | null>(null);
  const [most, setMost] = useState(RUNS_AT_ONCE);
  const objects = list.objects.filter((object) => itemsOf(object).length > 0);
  const steps = stepsOf(objects);
  const now = atStep(objects, step ?? Infinity);
  const strips = shownRuns.value.flatMap((run) => now.get(run.id) ?? []).map((object) => ({ object, items: itemsOf(object) }));
  const all = strips.flatMap((strip) => strip.items);
  return (
    <section ref={card} class="card media-card" data-testid="media" data-key={name} aria-label={`Media ${name}`}>
      <header class="card-head">
        <h3 class="card-title" title={name}>
          {name}
        </h3>
        {list.next !== null && (
          <button type="button" class="button" onClick={older}>
            Load older steps
          </button>
        )}
        <StepSlider steps={steps} step={step} label={name} onChange={setStep} />
      </header>
      {list.state === "loading" && <div class="media-strips skeleton" aria-busy="true" />}
      {list.state === "failed" && <Problem text={list.error} retry={reload} />}
      {list.state === "ready" && all.length === 0 && <p class="chart-none">None of the runs shown logged this.</p>}
      <div class="media-strips">
        {strips.slice(0, most).map(({ object, items }) => {
          const run = runOf(object.run);
          return (
            <div
              key={object.run}
              class="media-strip"
              data-run={run?.name}
              onPointerEnter={() => (hoveredRun.value = object.run)}
              onPointerLeave={() => (hoveredRun.value = null)}
            >
              <p class="media-run">
                {run && <Swatch run={run} />}
                <span class="ellipsis">{run?.name ?? object.run}</span>
                <span class="faint">step {formatStep(object.step)}</span>
              </p>
              <div class="media-row">
                {items.map((item) => (
                  <MediaItem key={`${item.media.id}:${item.part}`} item={item} all={all} />
                ))}
              </div>
            </div>
          );
        })}
      </div>
      {strips.length > most && (
        <button type="button" class="button" onClick={() => setMost(most + RUNS_AT_ONCE)}>
          Show {Math.min(RUNS_AT_ONCE, strips.length - most)} more runs
        </button>
      )}
    </section>
  );
}
