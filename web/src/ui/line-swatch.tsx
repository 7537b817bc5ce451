/** A piece of a line as it is drawn. */
export function LineSwatch({ color, dash }: { color: string; dash?: readonly number[] | undefined }) {
  return (
    <svg class="line-swatch" viewBox="0 0 16 8" aria-hidden="true">
      <path d="M0 4h16" stroke={color} stroke-width="2.5" stroke-dasharray={dash ? (dash[0] === 8 ? "5 2.5" : "2 2.2") : undefined} />
    </svg>
  );
}
