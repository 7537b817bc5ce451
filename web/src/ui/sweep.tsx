import "../styles/sweep.css";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { page, show } from "../state/address.ts";
import { axisNames } from "../state/metrics.ts";
import { needOfDrawn } from "../state/needed.ts";
import { configKeys } from "../state/run-details.ts";
import { setShown, shownRuns } from "../state/shown.ts";
import { configDimension, differingKeys, outcomeDimension, within } from "../state/sweep.ts";
import type { Outcome } from "../state/sweep.ts";
import { Choice } from "./choice.tsx";
import { plural } from "./format.ts";
import { ParallelPlot } from "./parallel-plot.tsx";
import { ScatterPlot } from "./scatter-plot.tsx";

const OUTCOMES: Record<Outcome, string> = { last: "Last value", min: "Least", max: "Greatest" };
/** More axes than these are too close together to be read. */
const MOST_AXES = 9;
/** Keys in which runs are sought to differ where there are too many runs to know them whole. */
const MOST_KEYS = 60;

/** What runs were given against what became of it: parallel coordinates, and any one parameter as a scatter plot. */
export function Sweep() {
  const metric = useComputed(() => page.value.sweep).value ?? "";
  const of = useComputed(() => page.value.sweepOf).value;
  const over = useComputed(() => page.value.sweepX).value;
  const [parts, setParts] = useState<ReadonlyMap<string, readonly [number, number]>>(new Map());
  const runs = shownRuns.value;
  useSignalEffect(() => {
    const differing = configKeys.value.filter((key) => !key.same).slice(0, MOST_KEYS);
    needOfDrawn([...differing.map((key) => `config:${key.name}`), `${page.value.sweepOf}:${page.value.sweep}`]);
  });
  const keys = useMemo(() => differingKeys(runs).slice(0, MOST_AXES), [runs]);
  const dimensions = useMemo(() => [...keys.map((key) => configDimension(runs, key)), outcomeDimension(runs, metric, of)], [runs, keys, metric, of]);
  const inside = within(dimensions, parts);
  const kept = inside.filter(Boolean).length;
  const x = dimensions.find(({ id }) => id === over) ?? dimensions[0]!;
  const metrics = Object.fromEntries(axisNames.value.map((name) => [name, name]));
  if (keys.length === 0) return <p class="card card-note sweep-none">The runs shown do not differ in their configurations.</p>;
  return (
    <section class="card sweep" data-testid="sweep-card" aria-label="Parameters and results">
      <header class="sweep-tools">
        <Choice label="Result" value={metric} choices={metrics} testid="sweep-metric" onChange={(sweep) => show({ sweep })} />
        <Choice label="Of each run" value={of} choices={OUTCOMES} testid="sweep-of" onChange={(sweepOf) => show({ sweepOf })} />
        <Choice label="Scatter over" value={x.id} choices={Object.fromEntries(keys.map((key) => [key, key]))} testid="sweep-x" onChange={(sweepX) => show({ sweepX })} />
        <button
          type="button"
          class="button"
          data-testid="sweep-keep"
          disabled={parts.size === 0}
          onClick={() => {
            setShown(runs.filter((_, i) => !inside[i]).map((run) => run.id), false);
            setParts(new Map());
          }}
        >
          Show only {plural(kept, "run")}
        </button>
        <button type="button" class="button" disabled={parts.size === 0} onClick={() => setParts(new Map())}>
          Keep all
        </button>
      </header>
      <div class="sweep-plots">
        <ParallelPlot
          runs={runs}
          dimensions={dimensions}
          inside={inside}
          parts={parts}
          onPart={(id, part) => {
            const next = new Map(parts);
            if (part) next.set(id, part);
            else next.delete(id);
            setParts(next);
          }}
        />
        <ScatterPlot runs={runs} x={x} y={dimensions.at(-1)!} inside={inside} />
      </div>
    </section>
  );
}
