import type { ChartController } from "./chart-controller.ts";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { Popover } from "./popover.tsx";

const Items = lazy(() => import("./chart-menu-items.tsx").then((file) => file.ChartMenuItems), () => <div class="options" aria-busy="true" />);

/** What can be chosen for one chart, fetched when it is first asked for. */
export function ChartMenu({ controller }: { controller: ChartController }) {
  return (
    <Popover label={`More for ${controller.metric}`} title="This chart: axis, smoothing, files" class="icon-button small" testid="chart-menu" face={<Icon name="dots" />}>
      <Items controller={controller} />
    </Popover>
  );
}
