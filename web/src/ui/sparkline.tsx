import { useEffect, useState } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { project } from "../state/address.ts";
import { loadSeries } from "../state/batch.ts";
import { inkOf } from "../state/inks.ts";
import { pointsOf } from "../state/points.ts";
import { HEIGHT, sparkPath, WIDTH } from "../state/spark.ts";
import { shortText } from "./format.ts";

/** Rows that come into view in one turn ask together, for no more than a small line can show. */
const RANGE = { x: "step", width: 60, first: null, last: null } as const;
/** A running run is asked for again once it has gone on for so many seconds. */
const GROWN = 5;
const MOST_KEPT = 4_000;

/** Lines that were seen not long ago, by run and metric, with the state of the run that they are of. */
const kept = new Map<string, { state: string; path: string }>();
project.subscribe(() => kept.clear());

function keep(key: string, state: string, path: string): void {
  kept.delete(key);
  kept.set(key, { state, path });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
}

/** The path of a line, empty until it is known. */
function usePath(run: Run, metric: string): string {
  const key = `${run.id} ${metric}`;
  const state = run.status === "running" ? String(Math.floor(run.last_activity / GROWN)) : run.status;
  const [, redraw] = useState(0);
  useEffect(() => {
    if (kept.get(key)?.state === state) return;
    const gone = new AbortController();
    loadSeries(RANGE, { run: run.id, metric, member: null }, { signal: gone.signal, distance: () => 0 }).then(
      (frame) => {
        keep(key, state, sparkPath(pointsOf(frame)));
        redraw((n) => n + 1);
      },
      // It left the screen, or the server cannot be reached, of which the badge tells.
      () => {},
    );
    return () => gone.abort();
  }, [key, state]);
  return kept.get(key)?.path ?? "";
}

/** A metric of a run as a line of the height of a word. */
export function Sparkline({ run, metric }: { run: Run; metric: string }) {
  const path = usePath(run, metric);
  if (path === "") return null;
  const { last, min, max } = run.summary[metric] ?? { last: null, min: null, max: null };
  return (
    <svg
      class="sparkline"
      viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${metric}: ${shortText(last)}, between ${shortText(min)} and ${shortText(max)}`}
      data-testid="sparkline"
    >
      <path d={path} stroke={inkOf(run).color} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
