import { formatStep } from "../chart/index.ts";
import { placeOf, stepBy } from "../state/media-address.ts";
import { Icon } from "./icon.tsx";

interface Props {
  /** Where something was logged, rising. */
  steps: readonly number[];
  /** null follows the newest. */
  step: number | null;
  label: string;
  onChange(step: number | null): void;
}

/** Stops only where something is; its end follows what is still being logged. */
export function StepSlider({ steps, step, label, onChange }: Props) {
  if (steps.length === 0) return null;
  const last = steps.length - 1;
  if (last === 0) return <span class="faint step-only">step {formatStep(steps[0]!)}</span>;
  const at = Math.max(0, placeOf(steps, step));
  const go = (by: number): void => onChange(stepBy(steps, step, by));
  return (
    <div class="step-slider" data-testid="step-slider">
      <button type="button" class="icon-button small" aria-label="Earlier step" disabled={at === 0} onClick={() => go(-1)}>
        <Icon name="left" />
      </button>
      <input
        type="range"
        min="0"
        max={last}
        step="1"
        value={at}
        aria-label={`Step of ${label}`}
        aria-valuetext={`step ${steps[at]}`}
        onInput={(event) => go(event.currentTarget.valueAsNumber - at)}
        onKeyDown={(event) => {
          if (!event.shiftKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
          event.preventDefault();
          go(event.key === "ArrowLeft" ? -10 : 10);
        }}
      />
      <button type="button" class="icon-button small" aria-label="Later step" disabled={at === last} onClick={() => go(1)}>
        <Icon name="right" />
      </button>
      <output class="slider-value">
        step {formatStep(steps[at]!)}
        {step === null && <span class="chip">newest</span>}
      </output>
    </div>
  );
}
