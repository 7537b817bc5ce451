import type { Run } from "../api/types.ts";
import { addressOfPage, page, show } from "../state/address.ts";
import { pick, pickedIds } from "../state/picked.ts";
import { comparedRuns, hoveredRun } from "../state/shown.ts";
import { durationOf } from "./format.ts";
import { Icon } from "./icon.tsx";
import { RunStatus } from "./run-status.tsx";
import { clickRun } from "./run-row.tsx";
import { Swatch } from "./swatch.tsx";

/** Leaves a run out; what was compared without a choice is chosen by that. */
function leaveOut(run: Run): void {
  if (pickedIds.peek().size > 0) pick([run.id], false);
  else pick(comparedRuns.peek().filter((other) => other !== run).map((other) => other.id), true);
}

/** A run at the head of its column: what it is, and the switch that makes it the baseline. */
export function CompareHead({ run }: { run: Run }) {
  const isBaseline = page.value.baseline === run.id;
  return (
    <th scope="col" data-run={run.name} class={isBaseline ? "compare-baseline" : ""} onPointerEnter={() => (hoveredRun.value = run.id)} onPointerLeave={() => (hoveredRun.value = null)}>
      <span class="with-swatch">
        <Swatch run={run} />
        <a class="run-name" href={addressOfPage({ tab: "runs", selectedRun: run.id })} title={run.name} onClick={(event) => clickRun(event, run.id, [])}>
          <bdi>{run.name}</bdi>
        </a>
        <button type="button" class="row-tool" aria-label={`Leave out ${run.name}`} title="Leave out" onClick={() => leaveOut(run)}>
          <Icon name="close" />
        </button>
      </span>
      <span class="compare-about">
        <RunStatus status={run.status} error={run.error} word />
        <span class="faint">{durationOf(run)}</span>
        <button type="button" class="link" aria-pressed={isBaseline} data-testid="baseline" onClick={() => show({ baseline: isBaseline ? null : run.id })}>
          {isBaseline ? "baseline ✕" : "as baseline"}
        </button>
      </span>
    </th>
  );
}
