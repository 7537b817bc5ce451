import { useState } from "preact/hooks";
import { addressOfPage } from "../state/address.ts";
import { isMovable, merge, mergedByHand, removeFormula, step, takeApart } from "../state/card-edits.ts";
import { cardsView } from "../state/cards.ts";
import { SIGN } from "../state/formula-text.ts";
import { NO_LOOK } from "../state/own-looks.ts";
import { readOnly } from "../state/read-only.ts";
import { members, setOwnLook, xAxis } from "../state/settings.ts";
import type { ChartController } from "./chart-controller.ts";
import { Choice, SCALES } from "./choice.tsx";
import { MembersChoice } from "./members-choice.tsx";
import { closeAround } from "./popover.tsx";
import { MetricList } from "./metric-list.tsx";
import { MenuItem } from "./menu-item.tsx";
import { SmoothingSlider } from "./smoothing-slider.tsx";

const BESTS = { none: "Not drawn", min: "The least", max: "The greatest" } as const;
const FILES = { png: "Save as PNG", svg: "Save as SVG", csv: "Save data as CSV" } as const;

function embedAddress(metrics: readonly string[]): string {
  const at = addressOfPage({ ...cardsView.peek(), metrics: [...metrics], embed: true, sidebar: "hidden", full: null, selectedRun: null });
  return new URL(at, location.href).href;
}

/** How a chart looks other than all, its files, and the address that embeds it elsewhere. */
export function ChartMenuItems({ controller }: { controller: ChartController }) {
  const { metric } = controller;
  const [adding, setAdding] = useState(false);
  if (adding) return <MetricList label="Metric to add" chosen={(name) => controller.metrics.includes(name)} testid="add-metric" onChoose={(name) => merge(metric, name)} />;
  return (
    <>
      <div class="options">
        <Choice label="Y axis" value={controller.yScale.value} choices={SCALES} testid="own-scale" onChange={(kind) => controller.setYScale(kind)} />
        <MembersChoice value={controller.members.value} testid="own-members" onChange={(which) => setOwnLook(metric, { members: which === members.peek() ? null : which })} />
        <SmoothingSlider weight={controller.smoothing.value.weight} testid="own-smoothing" onChange={(smoothing) => setOwnLook(metric, { smoothing })} />
        <Choice
          label="Best so far"
          value={controller.best.value ?? "none"}
          choices={BESTS}
          testid="own-best"
          onChange={(best) => setOwnLook(metric, { best: best === "none" ? null : best })}
        />
        {controller.look && (
          <button type="button" class="button" data-testid="own-reset" onClick={() => setOwnLook(metric, NO_LOOK)}>
            As all other charts
          </button>
        )}
      </div>
      <div class="menu menu-below">
        {!readOnly && xAxis.value === "step" && <MenuItem title="Annotate…" testid="annotate" act={() => controller.annotate()} />}
        <button type="button" role="menuitem" data-testid="merge-metric" onClick={() => setAdding(true)}>
          Add a metric…
        </button>
        {mergedByHand(metric) && <MenuItem title="Take apart" testid="take-apart" act={() => takeApart(metric)} />}
        {metric.startsWith(SIGN) && <MenuItem title="Remove the formula" testid="remove-formula" act={() => removeFormula(metric)} />}
        {isMovable(metric) && (
          <>
            <MenuItem title="Move earlier  <" testid="move-earlier" act={() => step(metric, -1)} />
            <MenuItem title="Move later  >" testid="move-later" act={() => step(metric, 1)} />
          </>
        )}
        <MenuItem title="Show as table" testid="show-table" act={() => (controller.table.value = true)} />
        {(Object.keys(FILES) as (keyof typeof FILES)[]).map((kind) => (
          <button
            key={kind}
            type="button"
            data-testid={`save-${kind}`}
            onClick={(event) => {
              closeAround(event.currentTarget);
              void import("./chart-files.ts").then(({ saveChart }) => saveChart(controller, kind));
            }}
          >
            {FILES[kind]}
          </button>
        ))}
        <button
          type="button"
          onClick={(event) => {
            closeAround(event.currentTarget);
            void navigator.clipboard?.writeText(embedAddress(controller.metrics));
          }}
        >
          Copy address to embed
        </button>
      </div>
    </>
  );
}
