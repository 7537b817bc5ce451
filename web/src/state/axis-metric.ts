import { computed, effect, signal } from "@preact/signals";
import { Feed } from "./feed.ts";
import { addFeed, follow } from "./live.ts";
import type { Points } from "./points.ts";
import { xAxis, xName } from "./settings.ts";
import { shownRuns } from "./shown.ts";

/** Buckets of the axis: finer than any chart is wide. */
const WIDTH = 2_000;

const version = signal(0);
/** The series that charts are drawn over while their x axis is a metric. */
const feed = computed<Feed | null>(() => (xAxis.value === "metric" ? new Feed(xName.value, () => (version.value = version.peek() + 1), follow) : null));

effect(() => {
  const current = feed.value;
  if (!current) return;
  const leave = addFeed(current);
  const stop = effect(() => {
    const name = current.metric;
    const runs = shownRuns.value.filter((run) => name in run.summary);
    current.want(runs, { xAxis: "step", x: null, width: WIDTH });
  });
  return () => {
    stop();
    leave();
  };
});

/** Returns the axis of a run, undefined while there is none; whoever asks is asked to ask again when that changes. */
export function axisOf(run: string): Points | undefined {
  void version.value;
  return feed.value?.points.get(run);
}
