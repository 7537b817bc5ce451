import { toPlace, toWeight, weightText } from "./smoothing-weight.ts";

interface Props {
  weight: number;
  testid: string;
  onChange(weight: number): void;
}

export function SmoothingSlider({ weight, testid, onChange }: Props) {
  return (
    <label class="slider-line" title="Smoothing: how much of the past is kept">
      <span>Smooth</span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.005"
        value={toPlace(weight)}
        data-testid={testid}
        aria-valuetext={weightText(weight)}
        onInput={(event) => onChange(toWeight(event.currentTarget.valueAsNumber))}
      />
      <output class="slider-value">{weightText(weight)}</output>
    </label>
  );
}
