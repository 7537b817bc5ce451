import type { Notes } from "../chart/index.ts";
import { formatDuration, formatStep } from "../chart/index.ts";
import { xAxis } from "../state/settings.ts";
import type { ChartController } from "./chart-controller.ts";

const count = (n: number): string => n.toLocaleString("en-US");

function oddText({ nan, infinite }: Notes): string {
  return [nan > 0 && `${count(nan)} NaN`, infinite > 0 && `${count(infinite)} ∞`].filter(Boolean).join(", ");
}

function oddTitle({ odd }: Notes): string {
  const from = odd && xAxis.value === "step" ? ` from step ${formatStep(odd[0])}` : "";
  return `Not numbers${from}: drawn as crosses and triangles at the edges. Click to go there.`;
}

/** What a chart leaves out or draws at its edge, said beside its title. */
export function ChartNotes({ controller }: { controller: ChartController }) {
  const notes = controller.notes.value;
  const { bucket } = controller.drawn.value;
  const timed = xAxis.value === "time" || xAxis.value === "relative";
  return (
    <>
      {notes.nan + notes.infinite > 0 && (
        <button type="button" class="note note-bad" data-testid="odd-note" title={oddTitle(notes)} onClick={() => controller.zoomToOdd()}>
          {oddText(notes)}
        </button>
      )}
      {notes.unplaced > 0 && (
        <span class="note" data-testid="unplaced-note" title={`${count(notes.unplaced)} values at or below 0 have no place on a logarithmic axis; marks along the bottom show where.`}>
          {count(notes.unplaced)} ≤ 0
        </span>
      )}
      {notes.beyond > 0 && (
        <span class="note" data-testid="beyond-note" title={`${count(notes.beyond)} outliers lie beyond the range shown; chevrons at the edges show where.`}>
          {count(notes.beyond)} beyond
        </span>
      )}
      {bucket !== null && bucket > 1e-3 && (
        <span class="note-room">
          <span class="note note-quiet" data-testid="bucket-note" title="Each place on a line is the mean of so much, its band from the least to the greatest. Zoom in for the points themselves.">
            {timed ? formatDuration(bucket) : `${formatStep(Math.ceil(bucket))} steps`} per bucket
          </span>
        </span>
      )}
    </>
  );
}
