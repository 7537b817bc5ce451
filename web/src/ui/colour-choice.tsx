import { palette } from "../state/inks.ts";

interface Props {
  /** The chosen slot; null for the run's own. */
  value: number | null;
  onChange(slot: number | null): void;
}

/** The palette, and the way back to the colour that a run has of itself. */
export function ColourChoice({ value, onChange }: Props) {
  return (
    <div class="colour-choice" role="radiogroup" aria-label="Colour">
      <button type="button" class="button" role="radio" aria-checked={value === null} onClick={() => onChange(null)}>
        Its own
      </button>
      {palette.value.map((color, slot) => (
        <button
          key={slot}
          type="button"
          role="radio"
          class="colour"
          aria-checked={value === slot}
          aria-label={`Colour ${slot + 1}`}
          data-testid={`colour-${slot}`}
          style={{ backgroundColor: color }}
          onClick={() => onChange(slot)}
        />
      ))}
    </div>
  );
}
