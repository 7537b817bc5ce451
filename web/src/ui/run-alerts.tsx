import type { Run } from "../api/types.ts";
import { AlertLines } from "./alert-lines.tsx";
import { useAlerts } from "./use-alerts.ts";

/** What a run gave alarm of, the newest first; nothing where it gave none. */
export function RunAlerts({ run }: { run: Run }) {
  const list = useAlerts(run.project, run.id);
  const count = list.page?.alerts.length ?? 0;
  if (count === 0) return null;
  return (
    <section class="card run-alerts" data-testid="run-alerts">
      <header class="card-head">
        <h2 class="card-title">
          Alerts <span class="count">{count + (list.page?.next ? "+" : "")}</span>
        </h2>
      </header>
      <AlertLines list={list} named={false} />
    </section>
  );
}
