import "../styles/run-alerts.css";
import { useEffect, useState } from "preact/hooks";
import { fetchAlerts } from "../api/client.ts";
import type { Alert, AlertsPage, Run } from "../api/types.ts";
import { onAlerts } from "../state/live.ts";
import { ago, moments } from "./format.ts";

const PAGE = 50;
const SENT: Record<NonNullable<Alert["webhook"]>, string> = { pending: "webhook pending", sent: "webhook told", failed: "webhook failed" };

/** Returns the newest alerts of a run, and what adds older ones while there are any. */
function useAlerts(run: Run): [readonly Alert[], (() => void) | null] {
  const [page, setPage] = useState<AlertsPage>({ alerts: [], next: null });
  useEffect(() => {
    let over = false;
    const load = (): void =>
      void fetchAlerts({ project: run.project, run: run.id, limit: PAGE }).then(
        (found) => !over && setPage(found),
        // What was there stays; the badge above tells that the server does not answer.
        () => {},
      );
    load();
    const stop = onAlerts((ids) => {
      if (ids.length === 0 || ids.includes(run.id)) load();
    });
    return () => {
      over = true;
      stop();
    };
  }, [run.id, run.project]);
  const { alerts, next } = page;
  const more = (): void =>
    void fetchAlerts({ project: run.project, run: run.id, limit: PAGE, before: next! }).then(
      (older) => setPage({ alerts: [...alerts, ...older.alerts], next: older.next }),
      () => {},
    );
  return [alerts, next === null ? null : more];
}

function Line({ alert }: { alert: Alert }) {
  return (
    <li class="alert" data-testid="alert" data-level={alert.level}>
      <span class={`alert-level alert-${alert.level}`}>{alert.level}</span>
      <div class="alert-body">
        <bdi class="alert-title">{alert.title}</bdi>
        {alert.text && <p class="alert-text">{alert.text}</p>}
      </div>
      <span class="alert-about faint">
        {alert.step !== null && <span>step {alert.step.toLocaleString("en-US")}</span>}
        {alert.webhook && (
          <span class={alert.webhook === "failed" ? "alert-failed" : ""} title={alert.error ?? undefined}>
            {SENT[alert.webhook]}
          </span>
        )}
        <time title={moments(alert.time)}>{ago(alert.time)}</time>
      </span>
    </li>
  );
}

/** What a run gave alarm of, the newest first; nothing where it gave none. */
export function RunAlerts({ run }: { run: Run }) {
  const [alerts, more] = useAlerts(run);
  if (alerts.length === 0) return null;
  return (
    <section class="card run-alerts" data-testid="run-alerts">
      <header class="card-head">
        <h2 class="card-title">
          Alerts <span class="count">{alerts.length + (more ? "+" : "")}</span>
        </h2>
      </header>
      <ul tabIndex={0} aria-label="Alerts">
        {alerts.map((alert) => (
          <Line key={alert.id} alert={alert} />
        ))}
        {more && (
          <li>
            <button type="button" class="button" onClick={more}>
              Older alerts
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}
