import { useState } from "preact/hooks";
import { addFormula } from "../state/card-edits.ts";
import { closeAround } from "./popover.tsx";

/** A field for a metric that is worked out of others. */
export function FormulaField() {
  const [fault, setFault] = useState<string | null>(null);
  const add = async (field: HTMLInputElement): Promise<void> => {
    const text = field.value.trim();
    if (text === "") return;
    try {
      await addFormula(text);
      field.value = "";
      setFault(null);
      closeAround(field);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <label class="option" title="A metric worked out of others, at the steps where all of them were logged: + − * / ^, ema, diff, cummin, cummax, cumsum, min, max, log, exp, sqrt, abs; of(run, metric) is that of one run, whichever is drawn">
        <span>Add a formula</span>
        <input
          class="option-text"
          placeholder="train/loss - val/loss"
          spellcheck={false}
          autocomplete="off"
          aria-invalid={fault !== null}
          data-testid="formula"
          onKeyDown={(event) => {
            if (event.key === "Enter") void add(event.currentTarget);
          }}
        />
      </label>
      {fault !== null && (
        <p class="option-fault" role="alert">
          {fault}
        </p>
      )}
    </>
  );
}
