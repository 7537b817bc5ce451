import "../styles/chart-table.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatStep, formatValue } from "../chart/index.ts";
import { formatDuration, formatTime } from "../chart/time.ts";
import { tableOf, tableText } from "../chart/table.ts";
import { xAxis, xName } from "../state/settings.ts";
import type { ChartController } from "./chart-controller.ts";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";

const ROW = 28;
const OVERSCAN = 10;

function placeText(x: number): string {
  switch (xAxis.value) {
    case "step":
      return formatStep(x);
    case "time":
      return formatTime(x);
    case "relative":
      return formatDuration(x);
    case "metric":
      return formatValue(x);
  }
}

/** What is in view of a chart, as a table of which only the rows on screen exist. */
export function ChartTable({ controller }: { controller: ChartController }) {
  const box = useRef<HTMLDialogElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const lines = controller.lines.value;
  const table = useMemo(() => {
    const sketch = controller.sketch();
    return sketch && tableOf(sketch.series, [sketch.frame.sx.lo, sketch.frame.sx.hi]);
  }, [controller, lines]);
  useEffect(() => {
    if (!box.current!.open) box.current!.showModal();
  }, []);
  const rows = table?.xs.length ?? 0;
  const first = Math.max(0, Math.floor(view.top / ROW) - OVERSCAN);
  const last = Math.min(rows, Math.ceil((view.top + view.height) / ROW) + OVERSCAN);
  const axis = xAxis.value === "metric" ? xName.value : xAxis.value;
  return (
    <dialog ref={box} class="chart-table" aria-label={`${controller.metric} as a table`} data-testid="chart-table" onClose={() => (controller.table.value = false)}>
      <header class="card-head">
        <h3 class="card-title">{controller.metric}</h3>
        <span class="faint">{rows.toLocaleString("en-US")} rows</span>
        {table && <CopyButton label="Copy all rows" testid="copy-table" text={() => tableText(table, axis)} />}
        <button type="button" class="icon-button small" aria-label="Close" title="Close  Esc" onClick={() => box.current!.close()}>
          <Icon name="close" />
        </button>
      </header>
      <div class="chart-table-scroll" tabIndex={0} onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}>
        <table class="data-table" aria-rowcount={rows + 1}>
          <thead>
            <tr>
              <th scope="col" class="number">
                {axis}
              </th>
              {table?.labels.map((label, line) => (
                <th key={line} scope="col" class="number">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {first > 0 && <tr aria-hidden="true" style={{ height: `${first * ROW}px` }} />}
            {table &&
              Array.from(table.xs.subarray(first, last), (x, at) => (
                <tr key={first + at} aria-rowindex={first + at + 2} style={{ height: `${ROW}px` }}>
                  <th scope="row" class="number">
                    {placeText(x)}
                  </th>
                  {table.labels.map((label, line) => {
                    const value = table.cell(line, first + at);
                    return (
                      <td key={label + line} class="number">
                        {value === undefined ? "" : formatValue(value)}
                      </td>
                    );
                  })}
                </tr>
              ))}
            {last < rows && <tr aria-hidden="true" style={{ height: `${(rows - last) * ROW}px` }} />}
          </tbody>
        </table>
      </div>
    </dialog>
  );
}
