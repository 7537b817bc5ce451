import { addressOfPage } from "../state/address.ts";
import type { ChartController } from "./chart-controller.ts";
import { Icon } from "./icon.tsx";
import { closeAround, Popover } from "./popover.tsx";

const FILES = { png: "Save as PNG", svg: "Save as SVG", csv: "Save data as CSV" } as const;

function embedAddress(metric: string): string {
  const at = addressOfPage({ metrics: [metric], embed: true, sidebar: "hidden", full: null, selectedRun: null });
  return new URL(at, location.href).href;
}

/** Files of a chart, and the address that embeds it elsewhere. */
export function ChartMenu({ controller }: { controller: ChartController }) {
  const { metric } = controller;
  return (
    <Popover label={`More for ${metric}`} title="Save, embed" class="icon-button small" testid="chart-menu" face={<Icon name="download" />}>
      <div class="menu" role="menu">
        {(Object.keys(FILES) as (keyof typeof FILES)[]).map((kind) => (
          <button
            key={kind}
            type="button"
            role="menuitem"
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
          role="menuitem"
          onClick={(event) => {
            closeAround(event.currentTarget);
            void navigator.clipboard?.writeText(embedAddress(metric));
          }}
        >
          Copy address to embed
        </button>
      </div>
    </Popover>
  );
}
