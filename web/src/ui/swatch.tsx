import { colourOf, dashOf } from "../state/colours.ts";
import { theme } from "../state/theme.ts";

/** A run's colour; dashed as its lines are where colours repeat. */
export function Swatch({ slot }: { slot: number }) {
  const dash = dashOf(slot);
  return (
    <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
      <circle cx="6" cy="6" r="5" fill={colourOf(slot, theme.value)} />
      {dash && <path d={dash[0] === 8 ? "M2.500 6h7" : "M3 6h1.500m1.500 0h0m1.500 0H9"} stroke="var(--surface)" stroke-width="2" />}
    </svg>
  );
}
