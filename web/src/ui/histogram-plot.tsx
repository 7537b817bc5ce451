import { effect, useComputed } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { valueRange } from "../chart/histogram/bins.ts";
import { HistogramChart } from "../chart/histogram/histogram-chart.ts";
import type { HistogramOptions } from "../chart/histogram/histogram-chart.ts";
import type { Range } from "../chart/index.ts";
import { page } from "../state/address.ts";
import { joinCursor, moveCursor } from "../state/cursor.ts";
import { HistogramList } from "../state/histograms.ts";
import { inkOf } from "../state/inks.ts";
import { onObjects } from "../state/live.ts";
import { histograms, xAxis } from "../state/settings.ts";
import { theme } from "../state/theme.ts";
import { zoomBack, zoomTo } from "../state/zoom-history.ts";
import { zoomOf } from "../state/zoom.ts";
import { Problem } from "./problem.tsx";
import { Swatch } from "./swatch.tsx";

interface Props {
  name: string;
  run: Run;
  /** What the histograms of all runs beside it reach over. */
  values: Range | null;
  onValues(run: string, values: Range | null): void;
}

/** Pixels that a column is wide at least. */
const COLUMN = 2;
const GROW_MS = 1_000;

/** Keeps the list of a run up to date with what it logs. */
function follow(list: HistogramList, run: string, name: string): () => void {
  let timer = 0;
  const stop = onObjects((id, keys) => {
    const mine = keys.length === 0 || (id === run && keys.includes(name));
    if (!mine || timer !== 0) return;
    timer = window.setTimeout(() => {
      timer = 0;
      void list.grow();
    }, GROW_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
    list.stop();
  };
}

/** The histograms of one run over its steps. */
export function HistogramPlot({ name, run, values, onValues }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<HistogramChart | null>(null);
  const [, redraw] = useState(0);
  const list = useRef<HistogramList | null>(null);
  // A zoom in units of another metric says nothing about these.
  const axis = useComputed(() => (xAxis.value === "metric" ? "step" : xAxis.value)).value;
  const zoom = useComputed(() => JSON.stringify(xAxis.value === "metric" ? null : (zoomOf(page.value, page.value.linked, name)?.x ?? null))).value;
  const options = (): HistogramOptions => ({
    view: histograms.value, title: `${name} of ${run.name}`, color: inkOf(run).color, theme: theme.value,
    xAxis: axis, start: run.created, x: JSON.parse(zoom) as Range | null, values,
  });
  useEffect(() => {
    const made = new HistogramChart(host.current!, options(), {
      onZoom: (view, through) => zoomTo(name, view, through),
      onBack: zoomBack,
      onHover: (x) => moveCursor(made, x),
    });
    chart.current = made;
    const leave = joinCursor(made);
    return () => {
      leave();
      made.destroy();
    };
  }, [name, run.id]);
  useEffect(() => {
    const mine = new HistogramList(run.project, run.id, name, () => redraw((n) => n + 1));
    list.current = mine;
    return follow(mine, run.id, name);
  }, [name, run.id, run.project]);
  useEffect(() => {
    const steps = axis === "step" ? (JSON.parse(zoom) as Range | null) : null;
    list.current!.want({ steps, parts: Math.max(50, Math.round(host.current!.clientWidth / COLUMN)) });
  }, [name, run.id, axis, zoom]);
  const held = list.current?.list ?? [];
  useEffect(() => onValues(run.id, valueRange(held)), [held]);
  useEffect(() => effect(() => chart.current!.set(held, options())), [held, zoom, axis, run, values?.[0], values?.[1]]);
  const { state = "loading", error = "" } = list.current ?? {};
  return (
    <figure class="histogram-plot" data-testid="histogram" data-run={run.name} data-count={held.length}>
      <figcaption class="media-run">
        <Swatch run={run} />
        <span class="ellipsis">{run.name}</span>
      </figcaption>
      <div class={state === "loading" ? "chart-box chart-loading" : "chart-box"} aria-busy={state === "loading"}>
        <div class="chart-host" ref={host} />
        {state === "failed" && <Problem text={error} retry={() => void list.current!.grow()} />}
      </div>
    </figure>
  );
}
