import { useComputed } from "@preact/signals";
import { bare, onlyMetrics, page, project } from "../state/address.ts";
import { chartSections, formulaNames, namesOfCards } from "../state/cards.ts";
import { histogramKeys, loadMetrics, mediaKeys, metricsError, metricsReady, scalarNames, tableKeys, valueKeys } from "../state/metrics.ts";
import { pinnedMetrics } from "../state/pinned.ts";
import { runs, runsState } from "../state/runs.ts";
import { Charts, ChartSections } from "../ui/chart-grid.tsx";
import { Empty } from "../ui/empty.tsx";
import { Fold } from "../ui/fold.tsx";
import { HistogramPanel } from "../ui/histograms.tsx";
import { lazy } from "../ui/lazy.tsx";
import { Problem } from "../ui/problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

const UNTITLED = "charts";
const PINNED = "pinned";

const ChartToolbar = lazy(
  () => import("../ui/chart-toolbar.tsx").then((file) => file.ChartToolbar),
  () => <div class="toolbar toolbar-coming" aria-busy="true" />,
);
const Nothing = (): null => null;
const FullChart = lazy(() => import("../ui/full-chart.tsx").then((file) => file.FullChart), Nothing);
const Sweep = lazy(() => import("../ui/sweep.tsx").then((file) => file.Sweep), Nothing);
const NamedMetrics = lazy(() => import("../ui/named-metrics.tsx").then((file) => file.NamedMetrics));

function Section({ title, names }: { title: string; names: readonly string[] }) {
  const charts = names.filter((name) => scalarNames.value.includes(name));
  const histograms = names.filter((name) => histogramKeys.value.includes(name));
  return (
    <Fold id={`charts:${project.value}:${title}`} title={title || UNTITLED} count={names.length} single={names.length === 1 && charts.length === 1}>
      {charts.length > 0 && <Charts names={charts} />}
      {histograms.map((name) => (
        <HistogramPanel key={name} name={name} />
      ))}
    </Fold>
  );
}

/** Pinned metrics on top, all others by what stands before their first `/`. */
function Sections() {
  const names = [...new Set([...scalarNames.value, ...histogramKeys.value])];
  const formulas = namesOfCards(formulaNames.value);
  const top = namesOfCards(pinnedMetrics.value.filter((name) => names.includes(name)));
  return (
    <ChartSections>
      {formulas.length > 0 && (
        <Fold id={`charts:${project.value}:=`} title="formulas" count={formulas.length} single={formulas.length === 1}>
          <Charts names={formulas} />
        </Fold>
      )}
      {top.length > 0 && <Section key={`${PINNED}//`} title={PINNED} names={top} />}
      {chartSections(names.filter((name) => !top.includes(name))).map((section) => (
        <Section key={section.title} {...section} />
      ))}
    </ChartSections>
  );
}

export function ChartsPage() {
  const sweep = useComputed(() => page.value.sweep !== null).value;
  const full = useComputed(() => page.value.full !== null).value;
  const chosen = onlyMetrics.value !== null;
  const nothing = scalarNames.value.length + histogramKeys.value.length === 0;
  const elsewhere = mediaKeys.value.length + tableKeys.value.length + valueKeys.value.length > 0;
  if (metricsError.value) return <Problem text={metricsError.value} retry={() => void loadMetrics()} />;
  if (nothing && (!metricsReady.value || runsState.value === "loading")) return <Skeleton />;
  if (nothing && !(chosen && elsewhere)) return <NothingLogged elsewhere={elsewhere} />;
  return (
    <>
      {!bare.value && !(chosen && nothing) && <ChartToolbar />}
      <div class="page-body">
        {sweep && <Sweep />}
        {chosen ? <NamedMetrics /> : <Sections />}
      </div>
      {full && <FullChart />}
    </>
  );
}

function NothingLogged({ elsewhere }: { elsewhere: boolean }) {
  const pattern = useComputed(() => page.value.metricFilter).value;
  const metrics = onlyMetrics.value;
  if (pattern || metrics) {
    return (
      <>
        {!bare.value && <ChartToolbar />}
        <Empty title="No metric matches">Nothing logged in this project is named {metrics?.join(", ") ?? `like ${pattern}`}.</Empty>
      </>
    );
  }
  if (runs.value.length === 0) {
    return (
      <Empty title="No runs yet" code={`import trackio\n\ntrackio.init(project=${JSON.stringify(project.value)})\ntrackio.log({"loss": 0.05})\ntrackio.finish()`}>
        The next run of this project appears here by itself.
      </Empty>
    );
  }
  if (elsewhere) return <Empty title="No numbers logged yet">This project holds media and tables; they have their own tabs.</Empty>;
  return (
    <Empty title="Nothing logged yet" code={`trackio.log({"loss": 0.05})`}>
      Charts appear with the first number that a run logs.
    </Empty>
  );
}
