import type { Gap } from "../api/frames.ts";
import type { Notes } from "../chart/index.ts";
import { formatDuration, formatStep, formatValue } from "../chart/index.ts";
import { setOwnLook, xAxis } from "../state/settings.ts";
import type { ChartController } from "./chart-controller.ts";

const count = (n: number): string => n.toLocaleString("en-US");

function oddText({ nan, infinite }: Notes): string {
  return [nan > 0 && `${count(nan)} NaN`, infinite > 0 && `${count(infinite)} ∞`].filter(Boolean).join(", ");
}

/** The step of the first of them. */
function oddStep({ odd }: Notes): string | null {
  return odd && xAxis.value === "step" ? formatStep(odd[0]) : null;
}

function oddTitle(notes: Notes): string {
  const step = oddStep(notes);
  return `Not numbers${step === null ? "" : `, from step ${step} on`}: drawn as crosses and triangles at the edges. Click to go there.`;
}

function gapText([first, last]: Gap): string {
  if (first === null) return "at unknown steps";
  return last === null ? `from step ${formatStep(first)} on` : `from step ${formatStep(first)} to ${formatStep(last)}`;
}

function endsText([low, high]: readonly [number | null, number | null]): string {
  return `y ${low === null ? "" : formatValue(low)} … ${high === null ? "" : formatValue(high)}`;
}

/** What a chart leaves out or draws at its edge, said beside its title. */
export function ChartNotes({ controller }: { controller: ChartController }) {
  const notes = controller.notes.value;
  const { bucket, missing } = controller.drawn.value;
  const ends = controller.yEnds.value;
  const best = controller.best.value;
  const timed = xAxis.value === "time" || xAxis.value === "relative";
  return (
    <>
      {notes.nan + notes.infinite > 0 && (
        <button type="button" class="note note-bad" data-testid="odd-note" title={oddTitle(notes)} onClick={() => controller.zoomToOdd()}>
          {oddText(notes)}
          {oddStep(notes) !== null && ` from ${oddStep(notes)}`}
        </button>
      )}
      {missing.length > 0 && (
        <span class="note note-bad" data-testid="missing-note" title={`Points ${[...new Set(missing.map(gapText))].join(", ")} are damaged on the disk and cannot be read; trackio verify names them.`}>
          points missing
        </span>
      )}
      {ends.some((end) => end !== null) && (
        <button
          type="button"
          class="note"
          data-testid="ends-note"
          title="The y axis ends where it was fixed. Click to let it follow what is drawn."
          onClick={() => setOwnLook(controller.metric, { yMin: null, yMax: null })}
        >
          {endsText(ends)}
        </button>
      )}
      {best !== null && (
        <button type="button" class="note" data-testid="best-note" title="The best value so far is drawn. Click for the values themselves." onClick={() => setOwnLook(controller.metric, { best: null })}>
          {best === "min" ? "least" : "greatest"} so far
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
