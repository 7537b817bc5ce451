import "../styles/run-page.css";
import { useEffect, useState } from "preact/hooks";
import { fetchRun } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { project, show } from "../state/address.ts";
import { editing } from "../state/edit-dialog.ts";
import { pick, pinnedRunIds, pinRun } from "../state/picked.ts";
import { readOnly } from "../state/read-only.ts";
import { moveRunCursor } from "../state/run-cursor.ts";
import { completeRuns, runOf, runsComplete, runsState, wholeRunOf } from "../state/runs.ts";
import { showOnly } from "../state/shown.ts";
import { ConfigHistory } from "../ui/config-history.tsx";
import { ConfigTree } from "../ui/config-tree.tsx";
import { Empty } from "../ui/empty.tsx";
import { durationOf } from "../ui/format.ts";
import { Icon } from "../ui/icon.tsx";
import { Markdown } from "../ui/markdown.tsx";
import { RunAlerts } from "../ui/run-alerts.tsx";
import { RunCharts } from "../ui/run-charts.tsx";
import { RunDelivery } from "../ui/run-delivery.tsx";
import { RunFacts } from "../ui/run-facts.tsx";
import { RunObjects } from "../ui/run-objects.tsx";
import { RunProcesses } from "../ui/run-processes.tsx";
import { RunPulse } from "../ui/run-pulse.tsx";
import { RunStatus } from "../ui/run-status.tsx";
import { RunSystem } from "../ui/run-system.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { SummaryTable } from "../ui/summary-table.tsx";
import { Swatch } from "../ui/swatch.tsx";

/** A run that is not listed yet is asked for by itself; returns whether it may still come. */
function useRun(id: string): boolean {
  const [missing, setMissing] = useState<string | null>(null);
  const unknown = runsState.value === "ready" && !runOf(id) && !runsComplete.value && missing !== id;
  useEffect(() => {
    if (!unknown) return;
    fetchRun(id).then(
      (run) => (run.project === project.peek() ? completeRuns([run]) : setMissing(id)),
      () => setMissing(id),
    );
  }, [id, unknown]);
  return runsState.value === "loading" || unknown || runOf(id) !== undefined;
}

function Head({ run }: { run: Run }) {
  const pinned = pinnedRunIds.value.has(run.id);
  return (
    <header class="run-head">
      <button type="button" class="button" title="All runs" onClick={() => show({ selectedRun: null })}>
        <Icon name="left" /> Runs
      </button>
      <h1 class="page-title with-swatch">
        <Swatch run={run} />
        <bdi class="ellipsis" title={run.name}>
          {run.name}
        </bdi>
      </h1>
      <RunStatus status={run.status} word />
      {run.status === "running" ? <RunPulse run={run} /> : <span class="faint">after {durationOf(run)}</span>}
      <span class="spacer" />
      <button type="button" class="icon-button" title="Previous run  k" aria-label="Previous run" onClick={() => moveRunCursor(-1)}>
        <Icon name="left" />
      </button>
      <button type="button" class="icon-button" title="Next run  j" aria-label="Next run" onClick={() => moveRunCursor(1)}>
        <Icon name="right" />
      </button>
      <button type="button" class="icon-button" title="Keep on top of lists  p" aria-label="Keep on top of lists" aria-pressed={pinned} onClick={() => pinRun(run.id, !pinned)}>
        <Icon name="pin" />
      </button>
      {!readOnly && (
        <button type="button" class="button" title="Name, tags, group, colour, notes; delete  e" data-testid="edit-run" onClick={() => (editing.value = [run.id])}>
          Edit
        </button>
      )}
      <button
        type="button"
        class="button"
        onClick={() => {
          showOnly(run.id);
          show({ tab: "charts", selectedRun: null });
        }}
      >
        Only its charts
      </button>
      <button
        type="button"
        class="button"
        onClick={() => {
          pick([run.id], true);
          show({ tab: "compare", selectedRun: null, baseline: run.id });
        }}
      >
        Compare
      </button>
    </header>
  );
}

/** Everything that is known of one run. */
export function RunPage({ id }: { id: string }) {
  const coming = useRun(id);
  const run = wholeRunOf(id);
  if (!run) return coming ? <Skeleton cards={3} /> : <Empty title="No such run">This project has no run {id}. It may have been deleted.</Empty>;
  return (
    <div class="page-body run-page" data-testid="run-detail" data-run={run.name}>
      <Head run={run} />
      {run.error && (
        <section class="card card-error" role="alert" data-testid="run-error">
          <h2 class="card-title">Why it ended</h2>
          <pre class="code">{run.error}</pre>
        </section>
      )}
      <RunAlerts key={`alerts ${run.id}`} run={run} />
      <div class="run-columns">
        <div>
          <RunFacts run={run} />
          {run.notes && (
            <section class="card" data-testid="run-notes">
              <header class="card-head">
                <h2 class="card-title">Notes</h2>
              </header>
              <Markdown text={run.notes} />
            </section>
          )}
        </div>
        <div>
          <ConfigTree config={run.config} />
          <ConfigHistory key={`history ${run.id}`} run={run} />
          <RunDelivery key={`delivery ${run.id}`} run={run} />
          {run.members > 1 && <RunProcesses key={`processes ${run.id}`} run={run} />}
        </div>
        <SummaryTable run={run} />
      </div>
      <RunCharts runs={[run]} />
      <RunSystem key={`system ${run.id}`} run={run} />
      <RunObjects run={run} />
    </div>
  );
}
