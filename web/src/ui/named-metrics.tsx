import { namesOfCards } from "../state/cards.ts";
import { histogramKeys, mediaKeys, scalarNames, tableKeys, traceKeys, valueKeys } from "../state/metrics.ts";
import { Charts } from "./chart-grid.tsx";
import { HistogramPanel } from "./histograms.tsx";
import { MediaPanel } from "./media-panel.tsx";
import { TablePanel } from "./table-panel.tsx";
import { TracePanel } from "./trace-panel.tsx";
import { ValuePanel } from "./value-panel.tsx";

/** What an address with `metrics` names, of every kind, on one page. */
export function NamedMetrics() {
  return (
    <>
      <Charts names={namesOfCards(scalarNames.value)} />
      {histogramKeys.value.map((key) => (
        <HistogramPanel key={key} name={key} />
      ))}
      {tableKeys.value.map((key) => (
        <TablePanel key={key} name={key} />
      ))}
      {traceKeys.value.map((key) => (
        <TracePanel key={key} name={key} />
      ))}
      {mediaKeys.value.map((key) => (
        <MediaPanel key={key} name={key} />
      ))}
      {valueKeys.value.map((key) => (
        <ValuePanel key={key} name={key} />
      ))}
    </>
  );
}
