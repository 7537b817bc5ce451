import type { Run } from "../api/types.ts";
import { inkOf } from "../state/inks.ts";

/** A run's colour; dashed as its lines are where colours repeat. */
export function Swatch({ run }: { run: Run }) {
  const { color, dash } = inkOf(run);
  return (
    <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
      <rect x="1" y="1" width="10" height="10" rx="2.500" fill={color} />
      {dash && <path d={dash[0] === 8 ? "M2.500 6h7" : "M3 6h1.500m1.500 0h0m1.500 0H9"} stroke="var(--surface)" stroke-width="2" />}
    </svg>
  );
}
