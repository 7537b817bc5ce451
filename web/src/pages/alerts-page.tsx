import type { Level } from "../api/types.ts";
import { page, project, show } from "../state/address.ts";
import { alerts } from "../state/alerts.ts";
import { NO_ALERTS_VIEW } from "../state/alerts-view.ts";
import { natural } from "../state/natural.ts";
import { runOf } from "../state/runs.ts";
import { AlertLines } from "../ui/alert-lines.tsx";
import { Empty } from "../ui/empty.tsx";
import { Problem } from "../ui/problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useAlerts } from "../ui/use-alerts.ts";

const LEAST: Record<Level, string> = { info: "All", warn: "Warnings and errors", error: "Errors" };
const HOW = 'trackio.alert("Loss is NaN", level="error")';

/** The runs that gave alarm of late, to list the alerts of one alone. */
function RunChoice() {
  const { alertsOf } = page.value;
  const names = new Map(alerts.value.map((alert) => [alert.run, alert.run_name]));
  if (alertsOf !== null && !names.has(alertsOf)) names.set(alertsOf, runOf(alertsOf)?.name ?? alertsOf);
  return (
    <label class="select-line alerts-of">
      <span>Run</span>
      <select data-testid="alerts-of" value={alertsOf ?? ""} onChange={(event) => show({ alertsOf: event.currentTarget.value || null })}>
        <option value="">all</option>
        {[...names].sort(([, a], [, b]) => natural(a, b)).map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function AlertsToolbar() {
  const { leastLevel } = page.value;
  return (
    <div class="toolbar" role="toolbar" aria-label="Alerts">
      <div class="segments" role="group" aria-label="Level">
        {(Object.keys(LEAST) as Level[]).map((level) => (
          <button key={level} type="button" aria-pressed={leastLevel === level} data-testid={`level-${level}`} onClick={() => show({ leastLevel: level })}>
            {LEAST[level]}
          </button>
        ))}
      </div>
      <RunChoice />
    </div>
  );
}

/** What the runs of a project gave alarm of. */
export function AlertsPage() {
  const { leastLevel, alertsOf } = page.value;
  const list = useAlerts(project.value!, alertsOf, leastLevel);
  if (list.page === null) return list.error === null ? <Skeleton cards={1} /> : <Problem text={list.error} retry={() => void list.load()} />;
  const none = list.page.alerts.length === 0;
  if (none && leastLevel === "info" && alertsOf === null) {
    return (
      <Empty title="No alerts yet" code={HOW}>
        What runs give alarm of appears here, at its step on their charts, and where init(webhook_url=…) says.
      </Empty>
    );
  }
  return (
    <>
      <AlertsToolbar />
      <div class="page-body">
        {none ? (
          <p class="chart-none">
            No such alerts.{" "}
            <button type="button" class="link" data-testid="all-alerts" onClick={() => show(NO_ALERTS_VIEW)}>
              List all
            </button>
          </p>
        ) : (
          <section class="card" data-testid="alerts" aria-label="Alerts">
            <AlertLines list={list} named />
          </section>
        )}
      </div>
    </>
  );
}
