import type { Run } from "../api/types.ts";
import type { Line, XAxis } from "../chart/index.ts";
import { aggregate } from "../state/aggregate.ts";
import type { Aggregate, Member } from "../state/aggregate.ts";
import { axisOf } from "../state/axis-metric.ts";
import { colourOf, dashOf, slotOf } from "../state/colours.ts";
import { groupRuns } from "../state/grouping.ts";
import { join, placed } from "../state/join.ts";
import type { Points } from "../state/points.ts";
import type { Spread } from "../state/url.ts";

export interface Drawing {
  runs: readonly Run[];
  points: ReadonlyMap<string, Points>;
  xAxis: XAxis;
  groupBy: string | null;
  spread: Spread;
  theme: "light" | "dark";
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

function lineOf(run: Run, { points, xAxis, theme }: Drawing): Line[] {
  const held = points.get(run.id);
  if (!held) return [];
  const look = { id: run.id, label: run.name, color: colourOf(slotOf(run), theme), dash: dashOf(slotOf(run)), start: run.created };
  if (xAxis !== "metric") return [{ ...look, ...held }];
  const axis = axisOf(run.id);
  return axis ? [{ ...look, ...over(held, axis) }] : [];
}

function memberOf(line: Line, axis: XAxis): Member {
  const { values, min, max, start } = line;
  const x = axis === "step" ? line.steps : axis === "metric" ? line.xs! : line.times;
  return { x: axis === "relative" ? x.map((time) => time - (start ?? 0)) : x, values, min, max };
}

/** The mean of a group, in the colour of its oldest run, over its members drawn faintly. */
function groupLine(title: string, runs: readonly Run[], lines: readonly Line[], drawing: Drawing): Line[] {
  const { theme } = drawing;
  const slot = slotOf(runs.reduce((oldest, run) => (run.slot < oldest.slot ? run : oldest)));
  const { x, mean, low, high, members } = meanOf(lines, drawing);
  const total = lines.reduce((sum, line) => sum + (line.counts?.reduce((a, b) => a + b, 0) ?? line.values.length), 0);
  const each = Math.max(1, total / lines.length / Math.max(1, x.length));
  const color = colourOf(slot, theme);
  return [
    ...lines.map((line): Line => ({ ...line, color, faint: true })),
    {
      id: `group:${title}`, label: title, color, dash: dashOf(slot), start: 0,
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
    return lines.length === 0 ? [] : groupLine(group.value ?? `no ${groupBy}`, group.runs, lines, drawing);
  });
}
