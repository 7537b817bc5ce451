import type { Line, XAxis } from "../chart/index.ts";
import { axisOf } from "../state/axis-metric.ts";
import { edgesOf } from "../state/folds.ts";
import type { Fold } from "../state/folds.ts";
import { inkOf, inkOfGroup } from "../state/inks.ts";
import type { Ink } from "../state/inks.ts";
import { join, placed } from "../state/join.ts";
import type { Points } from "../state/points.ts";
import { memberName } from "../state/sources.ts";
import type { Folding, Source } from "../state/sources.ts";
import type { Spread } from "../state/url.ts";

export interface Drawing {
  sources: readonly Source[];
  /** What is drawn as one line each. */
  foldings: readonly Folding[];
  points: ReadonlyMap<string, Points>;
  folds: ReadonlyMap<string, Fold>;
  /** Whether sources are members of what is folded, drawn faintly beneath it. */
  faint: boolean;
  xAxis: XAxis;
  spread: Spread;
}

// What was joined once is taken again while its series are the same: others come while these rest.
const joined = new WeakMap<Points, { axis: Points; over: ReturnType<typeof placed> }>();
const drawn = new WeakMap<Fold, { spread: Spread; part: ReturnType<typeof columnsOf> }>();

function over(held: Points, axis: Points): ReturnType<typeof placed> {
  const known = joined.get(held);
  if (known?.axis === axis) return known.over;
  const fresh = placed(held, join(held, axis));
  joined.set(held, { axis, over: fresh });
  return fresh;
}

function labelOf({ run, line, member }: Source): string {
  return line === run.id && member === null ? run.name : `${run.name} · ${memberName(run, member ?? 0)}`;
}

function lineOf(source: Source, { points, xAxis }: Drawing): Line[] {
  const { run } = source;
  const held = points.get(source.key);
  if (!held) return [];
  const look = { id: source.line, label: labelOf(source), ...inkOf(run), start: run.created };
  if (xAxis !== "metric") return [{ ...look, ...held }];
  const axis = axisOf(run.id);
  return axis ? [{ ...look, ...over(held, axis) }] : [];
}

function columnsOf(fold: Fold, spread: Spread): Pick<Line, "steps" | "times" | "xs" | "values" | "min" | "max" | "members" | "counts"> {
  const [low, high] = edgesOf(fold, spread) ?? [];
  // A row stands for as many points as were logged there by each, so that smoothing does to it what it does to them.
  const members = fold.count.reduce((most, count) => Math.max(most, count), 1);
  const each = Math.max(1, fold.points / members / Math.max(1, fold.x.length));
  const counts = new Float64Array(fold.x.length).fill(each);
  return { steps: fold.x, times: fold.x, xs: fold.x, values: fold.mean, min: low, max: high, members: fold.count, counts };
}

/** The colour and dash of what is folded: those of its group, or of its run. */
function inkOfFolding({ runs, group }: Folding): Ink {
  return group === undefined ? inkOf(runs[0]!) : inkOfGroup(group);
}

function foldedLine(folding: Folding, { folds, spread }: Drawing): Line[] {
  const { id, title: label } = folding;
  const fold = folds.get(id);
  if (!fold || fold.x.length === 0) return [];
  const known = drawn.get(fold);
  // The same columns for the same fold: charts draw anew what has others.
  const part = known?.spread === spread ? known.part : columnsOf(fold, spread);
  drawn.set(fold, { spread, part });
  return [{ id, label, ...inkOfFolding(folding), start: 0, ...part }];
}

/** What a chart draws of what it holds. */
export function linesOf(drawing: Drawing): Line[] {
  const { sources, foldings, faint } = drawing;
  const folded = foldings.flatMap((each) => foldedLine(each, drawing));
  const lines = sources.flatMap((source) => lineOf(source, drawing));
  if (!faint) return [...folded, ...lines];
  const dashes = new Map(foldings.flatMap((each) => each.runs.map((run) => [run.id, inkOfFolding(each).dash])));
  return [...lines.map((line): Line => ({ ...line, dash: dashes.get(line.id), faint: true })), ...folded];
}
