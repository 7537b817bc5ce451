import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { Popover } from "./popover.tsx";

const Items = lazy(() => import("./view-option-items.tsx").then((file) => file.ViewOptionItems), () => <div class="options" aria-busy="true" />);

/** How charts look, fetched when it is first asked for. */
export function ViewOptions() {
  return (
    <Popover
      label="View options"
      class="button"
      testid="view-options"
      face={
        <>
          View <Icon name="down" />
        </>
      }
    >
      <Items />
    </Popover>
  );
}
