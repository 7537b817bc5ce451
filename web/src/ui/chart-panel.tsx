import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { show } from "../state/address.ts";
import { isSingle } from "../state/bars.ts";
import { pin, pinnedMetrics } from "../state/pinned.ts";
import { groupBy } from "../state/settings.ts";
import { sidebarShown } from "../state/sidebar.ts";
import { Bars } from "./bars.tsx";
import { ChartController } from "./chart-controller.ts";
import type { Drawn } from "./chart-controller.ts";
import { ChartMenu } from "./chart-menu.tsx";
import { ChartNotes } from "./chart-notes.tsx";
import { Icon } from "./icon.tsx";
import { Legend } from "./legend.tsx";
import { Problem } from "./problem.tsx";
import { useVisible } from "./use-visible.ts";
import { ValueLegend } from "./value-legend.tsx";

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
      {controller.zoomed.value && (
        <button type="button" class="icon-button small kept" data-testid="zoom-reset" title="Show all  0" aria-label="Reset zoom" onClick={() => controller.zoomTo(null)}>
          <Icon name="reset" />
        </button>
      )}
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
    </span>
  );
}

/** What is in a card once it is on screen; a card off screen costs its frame only. */
function Inside({ controller, full }: { controller: ChartController; full: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  const runs = controller.runs.value;
  const bars = isSingle(controller.metric, runs);
  useEffect(() => {
    if (bars) return;
    controller.attach(host.current!);
    return () => controller.detach();
  }, [controller, bars]);
  const { loading, error } = controller.drawn.value;
  if (bars) return <Bars metric={controller.metric} runs={runs} />;
  return (
    <div class="chart-row">
      <div class={loading && runs.length > 0 ? "chart-box chart-loading" : "chart-box"} aria-busy={loading}>
        <div class="chart-host" ref={host} />
        {error && <Problem text={error} retry={() => controller.retry()} />}
        {!error && runs.length === 0 && <p class="chart-none">None of the runs shown logged this.</p>}
      </div>
      {full && <ValueLegend controller={controller} />}
    </div>
  );
}

function Title({ metric }: { metric: string }) {
  const slash = metric.lastIndexOf("/");
  return (
    <h3 class="card-title" title={metric}>
      <bdi>
        <span class="faint">{metric.slice(0, slash + 1)}</span>
        {metric.slice(slash + 1)}
      </bdi>
    </h3>
  );
}

/** What is drawn of a metric that each run logged once, for which nothing is fetched. */
function oncePer(metric: string, runs: readonly Run[]): Pick<Drawn, "points" | "last" | "max" | "bucket"> {
  const values = runs.map((run) => run.summary[metric]?.last ?? Number.NaN);
  return { points: values.length, last: values[0] ?? null, max: Math.max(...values), bucket: null };
}

export function ChartPanel({ metric, full = false }: Props) {
  const card = useRef<HTMLElement>(null);
  const controller = useMemo(() => {
    const press = (key: string): boolean => {
      if (key === "f") show({ full: full ? null : metric });
      return key === "f";
    };
    return new ChartController(metric, press);
  }, [metric, full]);
  const visible = useVisible(card);
  const shown = visible || full;
  const runs = shown ? controller.runs.value : [];
  const single = isSingle(metric, runs);
  const { points, last, max, bucket } = single ? oncePer(metric, runs) : controller.drawn.value;
  const named = !full && (groupBy.value !== null || !sidebarShown.value);
  return (
    <section
      ref={card}
      class={full ? "card chart-card card-full" : "card chart-card"}
      data-testid="chart"
      data-metric={metric}
      data-points={points}
      data-last={last ?? ""}
      data-max={max ?? ""}
      data-raw={String(bucket === null)}
      aria-label={`Chart of ${metric}`}
    >
      <header class="card-head">
        <Title metric={metric} />
        {shown && !single && <ChartNotes controller={controller} />}
        {shown && <Tools controller={controller} full={full} />}
      </header>
      {shown ? <Inside controller={controller} full={full} /> : <div class="chart-box" />}
      {named && (shown && !single ? <Legend lines={controller.lines.value} /> : <div class="legend" />)}
    </section>
  );
}
