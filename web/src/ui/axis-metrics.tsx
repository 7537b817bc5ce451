import { setXAxis, xName } from "../state/settings.ts";
import { MetricList } from "./metric-list.tsx";

/** Metrics to draw charts over. */
export function AxisMetrics() {
  return <MetricList label="Metric for the x axis" chosen={(name) => name === xName.value} testid="axis-metric" onChoose={setXAxis} />;
}
