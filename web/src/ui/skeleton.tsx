/** Cards of the size that is to come, so that nothing jumps. */
export function Skeleton({ cards = 6 }: { cards?: number }) {
  return (
    <div class="grid" aria-busy="true" aria-label="loading">
      {Array.from({ length: cards }, (_, at) => (
        <div key={at} class="card skeleton" />
      ))}
    </div>
  );
}
