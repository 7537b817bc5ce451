import "../styles/picked-bar.css";
import { show, tab } from "../state/address.ts";
import { pickedIds, pickNone } from "../state/picked.ts";
import { setShown, showOnly } from "../state/shown.ts";
import { plural } from "./format.ts";
import { Icon } from "./icon.tsx";

/** What can be done with the runs that are picked. */
export function PickedBar() {
  const ids = [...pickedIds.value];
  return (
    <div class="picked-bar" role="toolbar" aria-label="Picked runs" data-testid="picked-bar">
      <b role="status">{plural(ids.length, "run")} picked</b>
      {tab.value !== "compare" && (
        <button type="button" class="button" disabled={ids.length < 2} data-testid="compare-picked" onClick={() => show({ tab: "compare", selectedRun: null })}>
          <Icon name="compare" /> Compare
        </button>
      )}
      <button type="button" class="button" data-testid="only-picked" onClick={() => showOnly(...ids)}>
        Show only these
      </button>
      <button type="button" class="button" onClick={() => setShown(ids, false)}>
        Hide
      </button>
      <button type="button" class="icon-button small" title="Pick none  esc" aria-label="Pick none" data-testid="pick-none" onClick={pickNone}>
        <Icon name="close" />
      </button>
    </div>
  );
}
