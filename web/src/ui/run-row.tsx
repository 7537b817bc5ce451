import type { Run } from "../api/types.ts";
import { addressOfPage, selectedRun, show } from "../state/address.ts";
import { hoveredRun, setShown, shownIds, showOnly } from "../state/runs.ts";
import { drawerOpen } from "../state/sidebar.ts";
import { RunStatus } from "./run-status.tsx";
import { Swatch } from "./swatch.tsx";

export function RunRow({ run, indented }: { run: Run; indented: boolean }) {
  const shown = shownIds.value.has(run.id);
  const chosen = selectedRun.value === run.id;
  return (
    <div
      class={`run-row${indented ? " run-indented" : ""}${chosen ? " run-chosen" : ""}${shown ? "" : " run-off"}`}
      data-testid="run-row"
      data-run={run.name}
      onPointerEnter={() => (hoveredRun.value = run.id)}
      onPointerLeave={() => (hoveredRun.value = null)}
    >
      <label class="run-tick">
        <input
          type="checkbox"
          checked={shown}
          aria-label={`Show ${run.name}`}
          onChange={(event) => setShown([run.id], event.currentTarget.checked)}
        />
        <Swatch slot={run.slot} />
      </label>
      <a
        class="run-name"
        href={addressOfPage({ tab: "runs", selectedRun: run.id })}
        title={`${run.name}: open`}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return;
          event.preventDefault();
          drawerOpen.value = false;
          show({ tab: "runs", selectedRun: run.id });
        }}
      >
        {run.name}
      </a>
      <button type="button" class="run-only" title={`Show only ${run.name}`} onClick={() => showOnly(run.id)}>
        only
      </button>
      <RunStatus status={run.status} error={run.error} />
    </div>
  );
}
