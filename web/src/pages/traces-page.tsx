import { loadMetrics, metricsError, metricsReady, traceKeys } from "../state/metrics.ts";
import { Empty } from "../ui/empty.tsx";
import { Problem } from "../ui/problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { TracePanel } from "../ui/trace-panel.tsx";

export function TracesPage() {
  if (metricsError.value) return <Problem text={metricsError.value} retry={() => void loadMetrics()} />;
  if (!metricsReady.value) return <Skeleton cards={2} />;
  if (traceKeys.value.length === 0) {
    return (
      <Empty title="No traces yet" code={`trackio.log({"rollouts": [trackio.Trace(messages)]})`}>
        Logged conversations appear here, to be searched and read.
      </Empty>
    );
  }
  return (
    <div class="page-body">
      {traceKeys.value.map((key) => (
        <TracePanel key={key} name={key} />
      ))}
    </div>
  );
}
