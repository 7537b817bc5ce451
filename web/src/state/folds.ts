import { fetchGroups } from "../api/client.ts";
import type { GroupsQuery } from "../api/client.ts";
import { floats } from "../api/frames.ts";
import type { Gap, GroupFrame } from "../api/frames.ts";
import type { Run } from "../api/types.ts";
import type { Range } from "../chart/index.ts";
import { SIGN } from "./formula-text.ts";
import type { Folding } from "./sources.ts";
import type { Spread } from "./url.ts";

/** Runs, or processes of one, folded by the server: a row for each part of the axis where any has a value. */
export interface Fold {
  x: Float64Array;
  mean: Float64Array;
  std: Float64Array;
  min: Float64Array;
  max: Float64Array;
  q1: Float64Array;
  q3: Float64Array;
  /** How many have a value there. */
  count: Float64Array;
  /** Points that were folded, of all of them. */
  points: number;
  missing: readonly Gap[];
}

/** On which axis, which part of it (null: all), how finely. */
export type FoldWindow = Pick<GroupsQuery, "x" | "axis" | "width" | "member"> & { range: Range | null };

/** What goes on is folded anew this often. */
const AGAIN_MS = 1_000;
/** Beyond the window, so that panning shows something before the answer comes. */
const MARGIN = 0.25;

function foldOf(frame: GroupFrame): Fold {
  const column = (name: string): Float64Array => floats(frame, name);
  return {
    x: column("at"), mean: column("mean"), std: column("std"), min: column("min"), max: column("max"), q1: column("q1"), q3: column("q3"),
    count: column("runs"), points: frame.header.points, missing: frame.header.missing ?? [],
  };
}

/** Returns the lower and the upper edge of the band about a mean. */
export function edgesOf(fold: Fold, spread: Spread): [Float64Array, Float64Array] | null {
  const about = (by: (std: number, i: number) => number): [Float64Array, Float64Array] => [
    fold.mean.map((mean, i) => mean - by(fold.std[i]!, i)),
    fold.mean.map((mean, i) => mean + by(fold.std[i]!, i)),
  ];
  switch (spread) {
    case "std":
      return about((std) => std);
    case "stderr":
      return about((std, i) => std / Math.sqrt(fold.count[i]!));
    case "range":
      return [fold.min, fold.max];
    case "quartiles":
      return [fold.q1, fold.q3];
    case "none":
      return null;
  }
}

/** A number that grows with what the runs log; of processes beside the main one, their rows alone are known. */
function grownTo(foldings: readonly Folding[], metric: string, all: boolean): number {
  const grown = (sum: number, run: Run): number => sum + (all || metric.startsWith(SIGN) ? run.rows : (run.summary[metric]?.count ?? 0));
  return foldings.reduce((sum, { runs }) => runs.reduce(grown, sum), 0);
}

/** What a chart holds of groups of runs: folded for its window, and again as they go on. */
export class Folds {
  readonly held = new Map<string, Fold>();
  error: string | null = null;
  private foldings: readonly Folding[] = [];
  private window: FoldWindow | null = null;
  private asked = "";
  private grown = 0;
  private request = new AbortController();
  private busy = false;
  private timer = 0;

  constructor(
    private readonly metric: string,
    private readonly changed: () => void,
  ) {}

  /** Says what to show; what is held already is asked for again only when something was logged since. */
  want(foldings: readonly Folding[], window: FoldWindow): void {
    this.foldings = foldings;
    this.window = window;
    const ids = new Set(foldings.map(({ id }) => id));
    for (const id of this.held.keys()) if (!ids.has(id)) this.held.delete(id);
    if (foldings.length === 0) return this.stop();
    const asked = JSON.stringify(window) + foldings.map(({ id, runs }) => `${id}:${runs.map((run) => run.id).join()}`).join(";");
    if (asked !== this.asked) {
      this.asked = asked;
      void this.fetch();
    } else if (grownTo(foldings, this.metric, window.member !== null) !== this.grown) this.schedule();
  }

  get loading(): boolean {
    return this.error === null && this.foldings.some(({ id }) => !this.held.has(id));
  }

  retry(): void {
    this.error = null;
    this.asked = "";
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.request.abort();
    this.busy = false;
    this.asked = "";
  }

  private schedule(): void {
    if (this.timer !== 0 || this.busy) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      void this.fetch();
    }, AGAIN_MS);
  }

  private async fetch(): Promise<void> {
    const { foldings, metric } = this;
    const { range, ...axis } = this.window!;
    this.request.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    this.busy = true;
    this.grown = grownTo(foldings, metric, axis.member !== null);
    const more = range ? (range[1] - range[0]) * MARGIN : 0;
    const width = Math.round(axis.width * (range ? 1 + 2 * MARGIN : 1));
    const part = { width, first: range && range[0] - more, last: range && range[1] + more };
    const groups = foldings.map(({ id, runs }) => ({ name: id, runs: runs.map((run) => run.id) }));
    try {
      for (const frame of await fetchGroups({ ...axis, ...part, metric, groups }, signal)) this.held.set(frame.header.group, foldOf(frame));
      this.error = null;
    } catch (error) {
      if (signal.aborted) return;
      this.error = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    this.busy = false;
    this.changed();
    if (grownTo(this.foldings, metric, axis.member !== null) !== this.grown) this.schedule();
  }
}
