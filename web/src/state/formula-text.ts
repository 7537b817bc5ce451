import type { Run } from "../api/types.ts";

/** What the name of a metric that is worked out of others begins with. */
export const SIGN = "=";

/** How values are held against those of a run at the same steps. */
export const AGAINST = { difference: "-", ratio: "/" } as const;
export type Against = keyof typeof AGAINST;

const LONGEST_NAME = 60;

/** Names with other characters stand in quotes, which they cannot hold. */
const written = (name: string): string => (/^[a-z_][\w.:]*(\/[\w.:]+)*$/i.test(name) ? name : `"${name}"`);

/** Returns how a formula names a run: as people do where that is short and means it alone. */
function textOf(run: Pick<Run, "id" | "name">, runs: readonly Pick<Run, "name">[]): string {
  const plain = run.name !== "" && run.name.length <= LONGEST_NAME && !run.name.includes('"');
  return written(plain && runs.filter(({ name }) => name === run.name).length === 1 ? run.name : run.id);
}

/** Returns the formula of a metric against that of one of the runs; null where there is no way to write it. */
export function against(metric: string, run: Pick<Run, "id" | "name">, runs: readonly Pick<Run, "name">[], how: Against): string | null {
  const worked = metric.startsWith(SIGN);
  if (!worked && metric.includes('"')) return null;
  const value = worked ? metric.slice(SIGN.length) : written(metric);
  return `${worked ? `(${value})` : value} ${AGAINST[how]} of(${textOf(run, runs)}, ${value})`;
}
