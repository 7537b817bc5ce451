import "../styles/picked-bar.css";
import { show, tab } from "../state/address.ts";
import { editing } from "../state/edit-dialog.ts";
import { remove } from "../state/edits.ts";
import { pickedIds, pickedRuns, pickNone } from "../state/picked.ts";
import { readOnly } from "../state/read-only.ts";
import { setShown, showOnly } from "../state/shown.ts";
import { plural } from "./format.ts";
import { Icon } from "./icon.tsx";

/** What can be done with the runs that are picked. */
export function PickedBar() {
  const ids = [...pickedIds.value];
  return (
    <section class="picked-bar" aria-label="Picked runs" data-testid="picked-bar">
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
      {!readOnly && (
        <>
          <button type="button" class="button" data-testid="edit-picked" onClick={() => (editing.value = ids)}>
            Edit…
          </button>
          <button type="button" class="button" data-testid="delete-picked" onClick={() => void remove(pickedRuns.peek())}>
            Delete
          </button>
        </>
      )}
      <button type="button" class="icon-button small" title="Pick none  esc" aria-label="Pick none" data-testid="pick-none" onClick={pickNone}>
        <Icon name="close" />
      </button>
    </section>
  );
}
