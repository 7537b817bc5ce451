import "../styles/histograms.css";
import { useComputed } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import type { Range } from "../chart/index.ts";
import { runOf } from "../state/runs.ts";
import { height, histograms, setHistograms } from "../state/settings.ts";
import { shownRuns } from "../state/shown.ts";
import { HistogramPlot } from "./histogram-plot.tsx";
import { Problem } from "./problem.tsx";
import { useObjects } from "./use-objects.ts";
import { useVisible } from "./use-visible.ts";

const RUNS_AT_ONCE = 6;

function ViewSwitch() {
  return (
    <span class="segments" role="group" aria-label="Histograms as">
      <button type="button" aria-pressed={histograms.value === "heat"} data-testid="histogram-heat" title="A column per step" onClick={() => setHistograms("heat")}>
        Heat map
      </button>
      <button type="button" aria-pressed={histograms.value === "ridges"} data-testid="histogram-ridges" title="Outlines behind each other" onClick={() => setHistograms("ridges")}>
        Ridges
      </button>
    </span>
  );
}

/** The histograms of one key: a plot for each of the runs shown that logged it, side by side over the same values. */
export function HistogramPanel({ name }: { name: string }) {
  const card = useRef<HTMLElement>(null);
  const visible = useVisible(card, "600px");
  // One object of each run says which of them have any.
  const { list, reload } = useObjects(name, visible, 1);
  const [most, setMost] = useState(RUNS_AT_ONCE);
  const [ranges, setRanges] = useState<ReadonlyMap<string, Range>>(new Map());
  const order = useComputed(() => shownRuns.value.map((run) => run.id)).value;
  const having = new Set(list.objects.map((object) => object.run));
  const runs = order.filter((id) => having.has(id)).flatMap((id) => runOf(id) ?? []);
  const shown = runs.slice(0, most);
  const found = shown.map((run) => ranges.get(run.id)).filter((range) => range !== undefined);
  const values: Range | null = found.length > 0 ? [Math.min(...found.map(([lo]) => lo)), Math.max(...found.map(([, hi]) => hi))] : null;
  const tell = (run: string, range: Range | null): void =>
    setRanges((before) => {
      const [was, is] = [before.get(run), range];
      if (was?.[0] === is?.[0] && was?.[1] === is?.[1]) return before;
      const next = new Map(before);
      if (is) next.set(run, is);
      else next.delete(run);
      return next;
    });
  return (
    <section ref={card} class="card histogram-card" data-testid="histograms" data-key={name} data-height={height.value} aria-label={`Histograms of ${name}`}>
      <header class="card-head">
        <h3 class="card-title" title={name}>
          {name}
        </h3>
        <ViewSwitch />
      </header>
      {list.state === "failed" && <Problem text={list.error} retry={reload} />}
      {list.state === "ready" && runs.length === 0 && <p class="chart-none">None of the runs shown logged this.</p>}
      <div class="histogram-plots">{visible && shown.map((run) => <HistogramPlot key={run.id} name={name} run={run} values={values} onValues={tell} />)}</div>
      {runs.length > most && (
        <button type="button" class="button" onClick={() => setMost(most + RUNS_AT_ONCE)}>
          Show {Math.min(RUNS_AT_ONCE, runs.length - most)} more runs
        </button>
      )}
    </section>
  );
}
