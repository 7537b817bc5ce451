import { useComputed } from "@preact/signals";
import { shownRuns } from "../state/shown.ts";
import { memberName } from "../state/sources.ts";
import type { Members } from "../state/sources.ts";
import { Choice } from "./choice.tsx";

/** More than these are not told apart by number. */
const MOST_LISTED = 64;
const USUAL = { main: "Main process", band: "Mean, least to greatest", all: "All" } as const;

interface Props {
  value: Members;
  testid: string;
  onChange(which: Members): void;
}

/** Which processes of a run are drawn, where any run has several. */
export function MembersChoice(props: Props) {
  const most = useComputed(() => Math.max(1, ...shownRuns.value.map((run) => run.members))).value;
  const ranks = useComputed(() => Math.max(1, ...shownRuns.value.map((run) => run.ranks))).value;
  if (most < 2 && props.value === "main") return null;
  const each = Array.from({ length: Math.min(most, MOST_LISTED) }, (_, member): [Members, string] => [`${member}`, memberName({ ranks }, member).replace(/^./, (first) => first.toUpperCase())]);
  const choices = [...(Object.entries(USUAL) as [Members, string][]), ...each];
  return <Choice label={ranks > 1 ? "Ranks of a run" : "Processes of a run"} {...props} choices={choices} />;
}
