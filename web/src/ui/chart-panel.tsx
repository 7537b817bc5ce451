import type { RefObject } from "preact";
import { useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { bare, show } from "../state/address.ts";
import { isSingle } from "../state/bars.ts";
import { metricsOn } from "../state/cards.ts";
import { SIGN } from "../state/formula-text.ts";
import { faultOf, partsOf } from "../state/formulas.ts";
import { needOfDrawn, ofMetric } from "../state/needed.ts";
import { pin, pinnedMetrics } from "../state/pinned.ts";
import { groupBy } from "../state/settings.ts";
import { sidebarShown } from "../state/sidebar.ts";
import { AxisEnds } from "./axis-ends.tsx";
import { Bars } from "./bars.tsx";
import type { ChartController } from "./chart-controller.ts";
import { controllerOf } from "./chart-controllers.ts";
import type { Drawn } from "./chart-data.ts";
import { endDrag, startDrag, useDrop } from "./card-drag.ts";
import { ChartMenu } from "./chart-menu.tsx";
import { ChartNotes } from "./chart-notes.tsx";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { Legend } from "./legend.tsx";
import { Problem } from "./problem.tsx";
import { useVisible } from "./use-visible.ts";
import { ValueLegend } from "./value-legend.tsx";

const ChartTable = lazy(() => import("./chart-table.tsx").then((file) => file.ChartTable), () => null);

interface Props {
  metric: string;
  /** Fills the window: names and values stand beside it. */
  full?: boolean;
}

function Tools({ controller, full }: { controller: ChartController; full: boolean }) {
  const { metric } = controller;
  const isPinned = pinnedMetrics.value.includes(metric);
  return (
    <span class="card-tools">
      <button
        type="button"
        class={isPinned ? "icon-button small kept" : "icon-button small"}
        data-testid="pin-metric"
        title={isPinned ? "Unpin" : "Pin on top"}
        aria-label={`Pin ${metric} on top`}
        aria-pressed={isPinned}
        onClick={() => pin(metric, !isPinned)}
      >
        <Icon name="pin" />
      </button>
      <ChartMenu controller={controller} />
      <button
        type="button"
        class="icon-button small"
        data-testid="full-screen"
        title={full ? "Leave full screen  Esc" : "Full screen  f"}
        aria-label="Full screen"
        onClick={() => show({ full: full ? null : metric })}
      >
        <Icon name={full ? "shrink" : "expand"} />
      </button>
      {controller.zoomed.value && (
        <button type="button" class="icon-button small kept" data-testid="zoom-reset" title="Show all  0" aria-label="Reset zoom" onClick={() => controller.zoomTo(null)}>
          <Icon name="reset" />
        </button>
      )}
    </span>
  );
}

function Plot({ controller, full }: { controller: ChartController; full: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    controller.attach(host.current!);
    return () => controller.detach();
  }, [controller]);
  const { loading, error } = controller.drawn.value;
  const known = controller.data.known.value;
  const none = known && controller.data.runs.value.length === 0;
  const busy = (loading || !known) && !none;
  return (
    <div class="chart-row">
      <div class={busy ? "chart-box chart-loading" : "chart-box"} aria-busy={busy}>
        <div class="chart-host" ref={host} />
        <AxisEnds controller={controller} />
        {error && <Problem text={error} retry={() => controller.retry()} />}
        {!error && none && <p class="chart-none">{controller.metrics.map(faultOf).find((fault) => fault !== null) ?? "None of the runs shown logged this."}</p>}
      </div>
      {full && <ValueLegend controller={controller} />}
      {controller.table.value && <ChartTable controller={controller} />}
    </div>
  );
}

function Title({ metrics }: { metrics: readonly string[] }) {
  const [metric = "", ...others] = metrics;
  // What a slash ends with has no name of its own.
  const slash = metric.startsWith(SIGN) ? -1 : metric.lastIndexOf("/", metric.length - 2);
  return (
    <h3 class="card-title" title={metrics.join(", ")}>
      {slash >= 0 && <bdi class="title-path">{metric.slice(0, slash + 1)}</bdi>}
      <bdi class="title-name">{[metric.slice(slash + 1), ...others].join(", ")}</bdi>
    </h3>
  );
}

/** What is drawn of a metric that each run logged once, for which nothing is fetched. */
function oncePer(metric: string, runs: readonly Run[]): Pick<Drawn, "points" | "last" | "max" | "bucket"> {
  const values = runs.map((run) => run.summary[metric]?.last ?? Number.NaN);
  return { points: values.length, last: values[0] ?? null, max: Math.max(...values), bucket: null };
}

interface InsideProps extends Required<Props> {
  card: RefObject<HTMLElement | null>;
}

/** What is in a card while it is on screen. */
function Inside({ metric, full, card }: InsideProps) {
  const metrics = metricsOn(metric);
  const controller = useMemo(() => controllerOf(metrics, full ? "full" : "card"), [metrics.join("\n"), full]);
  useSignalEffect(() => {
    for (const name of metricsOn(metric).flatMap(partsOf)) needOfDrawn(ofMetric(name));
  });
  const runs = controller.data.runs.value;
  const merged = metrics.length > 1;
  const single = !merged && isSingle(metric, runs);
  const { points, last, max, bucket } = single ? oncePer(metric, runs) : controller.drawn.value;
  useEffect(() => {
    Object.assign(card.current!.dataset, { points, last: last ?? "", max: max ?? "", raw: bucket === null });
  }, [card, points, last, max, bucket]);
  return (
    <>
      <header class="card-head" draggable={!full && !bare.value} onDragStart={(event) => startDrag(event, metric)} onDragEnd={endDrag}>
        <Title metrics={metrics} />
        {!single && <ChartNotes controller={controller} />}
        <Tools controller={controller} full={full} />
      </header>
      {single ? <Bars metric={metric} runs={runs} /> : <Plot controller={controller} full={full} />}
      {!full && !single && (merged || groupBy.value !== null || !sidebarShown.value) && <Legend controller={controller} />}
    </>
  );
}

/** The card of a metric. Off screen it is an empty one of the same size. */
export function ChartPanel({ metric, full = false }: Props) {
  const card = useRef<HTMLElement>(null);
  const visible = useVisible(card);
  const named = metricsOn(metric).length > 1 || groupBy.value !== null || !sidebarShown.value;
  const drop = useDrop(metric);
  return (
    <section
      ref={card}
      class={`card chart-card${full ? " card-full" : ""}${named ? " chart-named" : ""}${drop.zone ? ` drop-${drop.zone}` : ""}`}
      {...(full ? {} : drop.handlers)}
      data-testid="chart"
      data-metric={metric}
      data-points="0"
      aria-label={`Chart of ${metric}`}
    >
      {(visible || full) && <Inside metric={metric} full={full} card={card} />}
    </section>
  );
}
