import type { Bands, SmoothingKind } from "../chart/index.ts";
import { page } from "../state/address.ts";
import { annotations, annotationsListed } from "../state/annotations.ts";
import { setMergeBy } from "../state/card-edits.ts";
import { cardsView, mergeFault } from "../state/cards.ts";
import {
  bands, groupBy, height, logX, members, plotsPerRow, setBands, setHeight, setLogX, setMembers, setPlotsPerRow, setSmoothing, setSpread, setYScale, smoothing, spread, yScale,
} from "../state/settings.ts";
import type { Height, Spread } from "../state/url.ts";
import { setLinked } from "../state/zoom-history.ts";
import { Choice, SCALES } from "./choice.tsx";
import { FormulaField } from "./formula-field.tsx";
import { MembersChoice } from "./members-choice.tsx";
import { closeAround } from "./popover.tsx";

const KINDS: Record<SmoothingKind, string> = { ema: "Moving average (EMA)", twema: "Time-weighted EMA", gaussian: "Gaussian", mean: "Running mean" };
const BANDS: Record<Bands, string> = { auto: "Up to 12 lines", on: "Always", off: "On the hovered line only" };
const SPREADS: Record<Spread, string> = {
  std: "± standard deviation", stderr: "± standard error", range: "Least to greatest", quartiles: "Quartiles", none: "None",
};
const HEIGHTS: Record<Height, string> = { small: "Small", medium: "Medium", large: "Large" };
const COLUMNS = [1, 2, 3, 4, 5, 6];

interface SwitchProps {
  label: string;
  on: boolean;
  testid: string;
  onChange(on: boolean): void;
}

function Switch({ label, on, testid, onChange }: SwitchProps) {
  return (
    <label class="option">
      <span>{label}</span>
      <input type="checkbox" checked={on} data-testid={testid} onChange={(event) => onChange(event.currentTarget.checked)} />
    </label>
  );
}

/** Everything about how charts look that is not changed every minute. */
export function ViewOptionItems() {
  const columns = Object.fromEntries([["auto", "Automatic"], ...COLUMNS.map((n) => [String(n), String(n)])]) as Record<string, string>;
  return (
    <div class="options">
      <Choice label="Smoothing" value={smoothing.value.kind} choices={KINDS} testid="smoothing-kind" onChange={(kind) => setSmoothing(smoothing.value.weight, kind)} />
      <Choice label="Y axis" value={yScale.value} choices={SCALES} testid="y-scale" onChange={setYScale} />
      <Switch label="Logarithmic x axis" on={logX.value} testid="log-x" onChange={setLogX} />
      <Choice label="Raw values and bands" value={bands.value} choices={BANDS} testid="bands" onChange={setBands} />
      {groupBy.value !== null && <Choice label="Band of a group" value={spread.value} choices={SPREADS} testid="spread" onChange={setSpread} />}
      <MembersChoice value={members.value} testid="members" onChange={setMembers} />
      <Switch label="Zoom all charts together" on={page.value.linked} testid="linked" onChange={setLinked} />
      <Choice
        label="Columns"
        value={String(plotsPerRow.value ?? "auto")}
        choices={columns}
        testid="columns"
        onChange={(value) => setPlotsPerRow(value === "auto" ? null : Number(value))}
      />
      <Choice label="Height" value={height.value} choices={HEIGHTS} testid="height" onChange={setHeight} />
      <label class="option" title="Charts share a card whose metrics have the same in the pattern's groups">
        <span>Merge charts by</span>
        <input
          class="option-text"
          value={cardsView.value.mergeBy}
          placeholder="(?:train|val)/(.*)"
          spellcheck={false}
          autocomplete="off"
          aria-invalid={mergeFault.value !== null}
          data-testid="merge-by"
          onChange={(event) => setMergeBy(event.currentTarget.value)}
        />
      </label>
      {mergeFault.value !== null && (
        <p class="option-fault" role="alert">
          {mergeFault.value}
        </p>
      )}
      <FormulaField />
      <button
        type="button"
        class="button"
        data-testid="list-annotations"
        onClick={(event) => {
          closeAround(event.currentTarget);
          annotationsListed.value = true;
        }}
      >
        Annotations ({annotations.value.length})
      </button>
    </div>
  );
}
