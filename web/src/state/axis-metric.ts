import { computed, effect, signal } from "@preact/signals";
import { Feed } from "./feed.ts";
import { addFeed, follow } from "./live.ts";
import { needOfDrawn, ofMetric } from "./needed.ts";
import type { Points } from "./points.ts";
import { groupBy, xAxis, xName } from "./settings.ts";
import { shownRuns } from "./shown.ts";
import { sourcesOf } from "./sources.ts";

/** Buckets of the axis: finer than any chart is wide. */
const WIDTH = 2_000;
const MOST_JOINED = 50;

const version = signal(0);
/** The series that charts are drawn over while their x axis is a metric. */
const feed = computed<Feed | null>(() => (xAxis.value === "metric" ? new Feed(xName.value, () => (version.value = version.peek() + 1), follow) : null));

effect(() => {
  const current = feed.value;
  if (!current) return;
  const leave = addFeed(current);
  const stop = effect(() => {
    const name = current.metric;
    needOfDrawn(ofMetric(name));
    const runs = shownRuns.value.filter((run) => name in run.summary);
    // Of groups of very many, only their means are drawn, which the server joins.
    const drawn = groupBy.value !== null && runs.length > MOST_JOINED ? [] : runs;
    current.want(sourcesOf(drawn, "main", () => []), { xAxis: "step", x: null, width: WIDTH });
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
