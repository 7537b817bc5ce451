import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { sidebarShown } from "../state/sidebar.ts";
import { ChartController } from "./chart-controller.ts";
import { Icon } from "./icon.tsx";
import { Legend } from "./legend.tsx";
import { Problem } from "./problem.tsx";
import { save } from "./save.ts";
import { useVisible } from "./use-visible.ts";

const MOST_NAMED = 6;
const MOST_NAMED_FULL = 60;

export function ChartPanel({ metric }: { metric: string }) {
  const card = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const [full, setFull] = useState(false);
  const controller = useMemo(() => new ChartController(metric), [metric]);
  const visible = useVisible(card);
  useEffect(() => {
    if (!visible) return;
    controller.attach(host.current!);
    return () => controller.detach();
  }, [controller, visible]);
  useEffect(() => {
    if (!full) return;
    const leave = (event: KeyboardEvent): void => {
      if (event.key === "Escape") setFull(false);
    };
    document.addEventListener("keydown", leave);
    return () => document.removeEventListener("keydown", leave);
  }, [full]);

  const { points, last, max, raw, loading, error } = controller.drawn.value;
  const slash = metric.lastIndexOf("/");
  return (
    <section
      ref={card}
      class={full ? "card chart-card card-full" : "card chart-card"}
      data-testid="chart"
      data-metric={metric}
      data-points={points}
      data-last={last ?? ""}
      data-max={max ?? ""}
      data-raw={String(raw)}
      aria-label={`Chart of ${metric}`}
    >
      <header class="card-head">
        <h3 class="card-title" title={metric}>
          <span class="faint">{metric.slice(0, slash + 1)}</span>
          {metric.slice(slash + 1)}
        </h3>
        <span class="card-tools">
          <button
            type="button"
            class="icon-button small"
            title="Save as picture"
            aria-label={`Save ${metric} as a picture`}
            onClick={() => void controller.picture().then((blob) => blob && save(blob, `${metric.replaceAll("/", "_")}.png`))}
          >
            <Icon name="download" />
          </button>
          <button type="button" class="icon-button small" data-testid="full-screen" title={full ? "Leave full screen  Esc" : "Full screen"} aria-label="Full screen" onClick={() => setFull(!full)}>
            <Icon name={full ? "shrink" : "expand"} />
          </button>
          {controller.zoomed.value && (
            <button type="button" class="icon-button small kept" data-testid="zoom-reset" title="Show all  0" aria-label="Reset zoom" onClick={() => controller.zoom(null)}>
              <Icon name="reset" />
            </button>
          )}
        </span>
      </header>
      <div class={loading ? "chart-box chart-loading" : "chart-box"} aria-busy={loading}>
        <div class="chart-host" ref={host} />
        {error && <Problem text={error} retry={() => controller.retry()} />}
        {!error && visible && controller.runs.value.length === 0 && <p class="chart-none">None of the runs shown logged this.</p>}
      </div>
      {(full || !sidebarShown.value) && <Legend runs={controller.runs.value} most={full ? MOST_NAMED_FULL : MOST_NAMED} />}
    </section>
  );
}
