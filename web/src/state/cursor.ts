/** Charts on screen share one cursor; it moves too often to go through components. */
interface Follower {
  setCursor(x: number | null): void;
}

const followers = new Set<Follower>();

export function joinCursor(chart: Follower): () => void {
  followers.add(chart);
  return () => followers.delete(chart);
}

export function moveCursor(from: Follower, x: number | null): void {
  for (const chart of followers) if (chart !== from) chart.setCursor(x);
}
