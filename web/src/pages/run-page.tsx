import { show } from "../state/address.ts";
import { runOf, runsState, showOnly } from "../state/runs.ts";
import { Empty } from "../ui/empty.tsx";
import { Icon } from "../ui/icon.tsx";
import { KeyValues } from "../ui/key-values.tsx";
import { Markdown } from "../ui/markdown.tsx";
import { RunFacts } from "../ui/run-facts.tsx";
import { RunStatus } from "../ui/run-status.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { SummaryTable } from "../ui/summary-table.tsx";
import { Swatch } from "../ui/swatch.tsx";

export function RunPage({ id }: { id: string }) {
  const run = runOf(id);
  if (!run) {
    if (runsState.value === "loading") return <Skeleton cards={3} />;
    return <Empty title="No such run">This project has no run {id}. It may have been deleted.</Empty>;
  }
  const only = (tab: "charts" | "media"): void => {
    showOnly(run.id);
    show({ tab, selectedRun: null });
  };
  return (
    <div class="page-body run-page" data-testid="run-detail" data-run={run.name}>
      <header class="run-head">
        <button type="button" class="button" onClick={() => show({ selectedRun: null })}>
          <Icon name="left" /> All runs
        </button>
        <h1 class="page-title with-swatch">
          <Swatch slot={run.slot} />
          <span class="ellipsis">{run.name}</span>
        </h1>
        <RunStatus status={run.status} word />
        <span class="spacer" />
        <button type="button" class="button" onClick={() => only("charts")}>
          Its charts
        </button>
        <button type="button" class="button" onClick={() => only("media")}>
          Its media
        </button>
      </header>
      {run.error && (
        <section class="card card-error" role="alert">
          <h3 class="card-title">Why it ended</h3>
          <pre class="code">{run.error}</pre>
        </section>
      )}
      <div class="run-columns">
        <RunFacts run={run} />
        <section class="card" data-testid="run-config">
          <header class="card-head">
            <h3 class="card-title">Configuration</h3>
          </header>
          <KeyValues values={run.config} empty="This run was given none." />
        </section>
        {run.notes && (
          <section class="card" data-testid="run-notes">
            <header class="card-head">
              <h3 class="card-title">Notes</h3>
            </header>
            <Markdown text={run.notes} />
          </section>
        )}
        <SummaryTable run={run} />
      </div>
    </div>
  );
}
