const STEP = 5;
const LEAP = 10;

/** Returns seconds as `m:ss`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, seconds);
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${String(Math.floor(whole % 60)).padStart(2, "0")}`;
}

/** Returns where a key leads in a sound of `whole` seconds; null for keys that lead nowhere. */
export function seekKey(key: string, at: number, whole: number): number | null {
  const step = Math.min(STEP, whole / LEAP);
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, at - step);
    case "ArrowRight":
      return Math.min(whole, at + step);
    case "Home":
      return 0;
    case "End":
      return whole;
    default:
      return null;
  }
}

/** Returns so many pairs of -1 to 1 from an outline, the loudest of all reaching 1; without any outline a flat line. */
export function loudnessOf(peaks: Int8Array | null, bars: number): [number, number][] {
  if (!peaks || peaks.length < 2) return Array.from({ length: bars }, () => [0, 0]);
  const parts = peaks.length / 2;
  let loudest = 1;
  for (const value of peaks) loudest = Math.max(loudest, Math.abs(value));
  return Array.from({ length: bars }, (_, bar) => {
    const first = Math.floor((bar * parts) / bars);
    const end = Math.max(first + 1, Math.floor(((bar + 1) * parts) / bars));
    let [low, high] = [Infinity, -Infinity];
    for (let part = first; part < end; part++) {
      low = Math.min(low, peaks[2 * part]!);
      high = Math.max(high, peaks[2 * part + 1]!);
    }
    return [low / loudest, high / loudest];
  });
}
