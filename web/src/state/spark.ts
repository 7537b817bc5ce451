import type { Points } from "./points.ts";

/** Size of a small line, in its own units: it is stretched to its cell. */
export const WIDTH = 100;
export const HEIGHT = 20;

function bounds(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

/** Returns a series as the path of a small line, with a gap where there is no number; empty where there is none at all. */
export function sparkPath({ steps, values }: Pick<Points, "steps" | "values">): string {
  const [low, high] = bounds(values);
  if (low > high) return "";
  const [first, last] = [steps[0]!, steps.at(-1)!];
  let path = "";
  let pen = "M";
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      pen = "M";
      return;
    }
    const x = last > first ? ((steps[i]! - first) / (last - first)) * WIDTH : WIDTH / 2;
    const y = high > low ? HEIGHT - ((value - low) / (high - low)) * HEIGHT : HEIGHT / 2;
    path += `${pen}${Number(x.toFixed(1))} ${Number(y.toFixed(1))}`;
    pen = "L";
  });
  // A point alone is a dot.
  return path.includes("L") ? path : path.replaceAll(/M(\S+ \S+)/g, "M$1h0.01");
}
