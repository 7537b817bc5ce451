import { plural } from "./format.ts";

const HEIGHT = 22;
const BAR = 3;
const STEP = 4;
const LEAST = 2;

/** How many runs were active on each of the last days, as small bars. */
export function Activity({ days }: { days: readonly number[] }) {
  const most = Math.max(1, ...days);
  const busy = days.filter((runs) => runs > 0).length;
  return (
    <svg
      class="activity"
      viewBox={`0 0 ${days.length * STEP} ${HEIGHT}`}
      role="img"
      aria-label={`Runs active on ${plural(busy, "day")} of the last ${days.length}, ${most} at most`}
      data-testid="activity"
      data-days={days.join(",")}
    >
      {days.map((runs, day) => {
        const height = runs === 0 ? 1 : Math.max(LEAST, (runs / most) * HEIGHT);
        return <rect key={day} x={day * STEP} y={HEIGHT - height} width={BAR} height={height} class={runs === 0 ? "idle" : undefined} />;
      })}
    </svg>
  );
}
