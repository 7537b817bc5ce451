import { loadMetrics, metricsError, metricsReady, tableKeys, valueKeys } from "../state/metrics.ts";
import { Empty } from "../ui/empty.tsx";
import { Problem } from "../ui/problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { TablePanel } from "../ui/table-panel.tsx";
import { ValuePanel } from "../ui/value-panel.tsx";

export function TablesPage() {
  if (metricsError.value) return <Problem text={metricsError.value} retry={() => void loadMetrics()} />;
  if (!metricsReady.value) return <Skeleton cards={2} />;
  if (tableKeys.value.length + valueKeys.value.length === 0) {
    return (
      <Empty title="No tables yet" code={`trackio.log({"samples": trackio.Table(dataframe=df)})`}>
        Logged tables appear here, one card per key.
      </Empty>
    );
  }
  return (
    <div class="page-body">
      {tableKeys.value.map((key) => (
        <TablePanel key={key} name={key} />
      ))}
      {valueKeys.value.map((key) => (
        <ValuePanel key={key} name={key} />
      ))}
    </div>
  );
}
