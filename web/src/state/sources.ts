import type { Run } from "../api/types.ts";

/** Which processes of a run are drawn: its main one, all folded into one line, each, or the one of a number. */
export type Members = "main" | "band" | "all" | `${number}`;

export function isMembers(text: string | null | undefined): text is Members {
  return text === "main" || text === "band" || text === "all" || /^\d{1,9}$/.test(text ?? "");
}

/** A series of a run that is drawn as a line of its own. */
export interface Source {
  key: string;
  /** The run's id, by which it is pointed at; of further processes of it, with their number on a line below. */
  line: string;
  run: Run;
  /** null is the main process. */
  member: number | null;
}

/** Runs, or processes of one, that are drawn as one line. */
export interface Folding {
  id: string;
  title: string;
  runs: readonly Run[];
  /** What the runs of a group have in common; absent where it is one run. */
  group?: string | null;
}

/** Returns what a process of a run is called. */
export function memberName({ ranks }: Pick<Run, "ranks">, member: number): string {
  return `${member < ranks && ranks > 1 ? "rank" : "process"} ${member}`;
}

/** The run that a line is of. */
export function runIdOf(line: string): string {
  return line.split("\n")[0]!;
}

/** The one of a chart's metrics that a line is of; the first one's are not named. */
export function metricOf(line: string, metrics: readonly string[]): string {
  const last = line.slice(line.lastIndexOf("\n") + 1);
  return metrics.slice(1).includes(last) ? last : metrics[0]!;
}

function sourceOf(run: Run, member: number | null, first = true): Source {
  const key = member === null ? run.id : `${run.id}\n${member}`;
  return { key, line: first ? run.id : key, run, member };
}

/** Returns what is drawn of runs, line by line; `numbers` tells which processes of a run logged the metric. */
export function sourcesOf(runs: readonly Run[], members: Members, numbers: (run: Run) => readonly number[]): Source[] {
  return runs.flatMap((run): Source[] => {
    if (members === "main" || run.members < 2) return [sourceOf(run, null)];
    if (members === "band") return [];
    if (members !== "all") return [sourceOf(run, Number(members))];
    return numbers(run).map((member, at) => sourceOf(run, member, at === 0));
  });
}

/** Returns the runs whose processes are drawn as one line each. */
export function foldedRuns(runs: readonly Run[], members: Members): Folding[] {
  if (members !== "band") return [];
  return runs.filter((run) => run.members > 1).map((run) => ({ id: run.id, title: run.name, runs: [run] }));
}
