import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { fetchMetrics } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import type { Range } from "../chart/index.ts";
import { inkOfSlot } from "../state/inks.ts";
import { systemCharts } from "../state/system.ts";
import type { SystemChart } from "../state/system.ts";
import { Fold } from "./fold.tsx";
import { Icon } from "./icon.tsx";
import { LineSwatch } from "./line-swatch.tsx";
import { Problem } from "./problem.tsx";
import { SystemPlot } from "./system-plot.ts";
import { useVisible } from "./use-visible.ts";

/** As often as hardware is looked at by default. */
const AGAIN_MS = 10_000;
const MOST_NAMED = 60;

/** Returns the names of a run's system metrics, asked for again while it runs. */
function useNames(run: Run): readonly string[] {
  const [names, setNames] = useState("[]");
  const running = run.status === "running";
  useEffect(() => {
    let over = false;
    const ask = (): void => {
      if (document.hidden) return;
      fetchMetrics(run.project, run.id).then(
        (list) => !over && setNames(JSON.stringify(list.filter((metric) => metric.kind === "system").map((metric) => metric.name))),
        // What was there stays; the badge above tells that the server does not answer.
        () => {},
      );
    };
    ask();
    const timer = running ? window.setInterval(ask, AGAIN_MS) : 0;
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [run.id, run.project, running]);
  // As text, the same names are the same.
  return useMemo(() => JSON.parse(names) as string[], [names]);
}

interface Props {
  run: Run;
  of: SystemChart;
  zoom: Signal<Range | null>;
}

function Plot({ run, of, zoom }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useMemo(() => new SystemPlot(of, zoom), [JSON.stringify(of), zoom]);
  useEffect(() => {
    plot.attach(host.current!, run);
    return () => plot.detach();
  }, [plot, run.id, run.status]);
  return (
    <div class="chart-row">
      <div class={plot.loading.value ? "chart-box chart-loading" : "chart-box"} aria-busy={plot.loading.value}>
        <div class="chart-host" ref={host} />
        {plot.error.value && <Problem text={plot.error.value} retry={() => (zoom.value = null)} />}
      </div>
    </div>
  );
}

function Card({ run, of, zoom }: Props) {
  const card = useRef<HTMLElement>(null);
  const visible = useVisible(card);
  return (
    <section ref={card} class="card chart-card chart-named" data-testid="system-chart" data-metric={of.title} aria-label={`Chart of ${of.title}`}>
      <header class="card-head">
        <h3 class="card-title" title={of.lines.map((line) => line.name).join("\n")}>
          <bdi>{of.title}</bdi>
          {of.unit && <span class="faint">&nbsp;{of.unit}</span>}
        </h3>
        {zoom.value && (
          <button type="button" class="icon-button small" title="Show all  0" aria-label="Reset zoom" onClick={() => (zoom.value = null)}>
            <Icon name="reset" />
          </button>
        )}
      </header>
      {visible && <Plot run={run} of={of} zoom={zoom} />}
      <ul class="legend" tabIndex={0} aria-label="Lines">
        {of.lines.slice(0, MOST_NAMED).map((line, at) => (
          <li key={line.name}>
            <LineSwatch {...inkOfSlot(at)} />
            <span class="ellipsis">{line.label}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Charts of what the machine did while a run ran; nothing where nobody looked. */
export function RunSystem({ run }: { run: Run }) {
  const names = useNames(run);
  const charts = useMemo(() => systemCharts(names), [names]);
  const zoom = useMemo(() => signal<Range | null>(null), [run.id]);
  if (charts.length === 0) return null;
  return (
    <div class="run-charts" data-testid="run-system">
      <Fold id={`system:${run.project}`} title="system" count={charts.length}>
        <div class="grid">
          {charts.map((of) => (
            <Card key={of.title} run={run} of={of} zoom={zoom} />
          ))}
        </div>
      </Fold>
    </div>
  );
}
