import type { Run } from "../api/types.ts";
import type { Line, XAxis } from "../chart/index.ts";
import { aggregate } from "../state/aggregate.ts";
import type { Aggregate, Member } from "../state/aggregate.ts";
import { axisOf } from "../state/axis-metric.ts";
import { groupRuns } from "../state/grouping.ts";
import type { RunGroup } from "../state/grouping.ts";
import { inkOf, inkOfGroup } from "../state/inks.ts";
import { join, placed } from "../state/join.ts";
import type { Points } from "../state/points.ts";
import type { Spread } from "../state/url.ts";

export interface Drawing {
  runs: readonly Run[];
  points: ReadonlyMap<string, Points>;
  xAxis: XAxis;
  groupBy: string | null;
  spread: Spread;
}

// What was joined or averaged once is taken again while its series are the same: others come while these rest.
const joined = new WeakMap<Points, { axis: Points; over: ReturnType<typeof placed> }>();
const averaged = new WeakMap<Float64Array, { lines: readonly Line[]; xAxis: XAxis; spread: Spread; mean: Aggregate }>();

function over(held: Points, axis: Points): ReturnType<typeof placed> {
  const known = joined.get(held);
  if (known?.axis === axis) return known.over;
  const fresh = placed(held, join(held, axis));
  joined.set(held, { axis, over: fresh });
  return fresh;
}

function meanOf(lines: readonly Line[], { xAxis, spread }: Drawing): Aggregate {
  const first = lines[0]!.values;
  const known = averaged.get(first);
  const same = known?.xAxis === xAxis && known.spread === spread && known.lines.length === lines.length;
  if (same && lines.every((line, i) => line.values === known.lines[i]!.values && line.xs === known.lines[i]!.xs)) return known.mean;
  const mean = aggregate(lines.map((line) => memberOf(line, xAxis)), spread);
  averaged.set(first, { lines, xAxis, spread, mean });
  return mean;
}

function lineOf(run: Run, { points, xAxis }: Drawing): Line[] {
  const held = points.get(run.id);
  if (!held) return [];
  const look = { id: run.id, label: run.name, ...inkOf(run), start: run.created };
  if (xAxis !== "metric") return [{ ...look, ...held }];
  const axis = axisOf(run.id);
  return axis ? [{ ...look, ...over(held, axis) }] : [];
}

function memberOf(line: Line, axis: XAxis): Member {
  const { values, min, max, start } = line;
  const x = axis === "step" ? line.steps : axis === "metric" ? line.xs! : line.times;
  return { x: axis === "relative" ? x.map((time) => time - (start ?? 0)) : x, values, min, max };
}

/** The mean of a group over its members drawn faintly. */
function groupLine(group: RunGroup, by: string, lines: readonly Line[], drawing: Drawing): Line[] {
  const [title, ink] = [group.value ?? `no ${by}`, inkOfGroup(group.value)];
  const { x, mean, low, high, members } = meanOf(lines, drawing);
  const total = lines.reduce((sum, line) => sum + (line.counts?.reduce((a, b) => a + b, 0) ?? line.values.length), 0);
  const each = Math.max(1, total / lines.length / Math.max(1, x.length));
  return [
    ...lines.map((line): Line => ({ ...line, dash: ink.dash, faint: true })),
    {
      id: `group:${title}`, label: title, ...ink, start: 0,
      steps: x, times: x, xs: x, values: mean, min: low, max: high, members, counts: new Float64Array(x.length).fill(each),
    },
  ];
}

/** What a chart draws of the series it holds. */
export function linesOf(drawing: Drawing): Line[] {
  const { runs, groupBy } = drawing;
  if (groupBy === null) return runs.flatMap((run) => lineOf(run, drawing));
  return groupRuns(runs, groupBy).flatMap((group) => {
    const lines = group.runs.flatMap((run) => lineOf(run, drawing));
    return lines.length === 0 ? [] : groupLine(group, groupBy, lines, drawing);
  });
}
