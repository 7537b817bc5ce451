import "../styles/alerts.css";
import type { Alert } from "../api/types.ts";
import { addressOfPage, show } from "../state/address.ts";
import type { AlertList } from "../state/alert-list.ts";
import { alertPlace } from "../state/alert-place.ts";
import { runOf } from "../state/runs.ts";
import { ago, moments } from "./format.ts";
import { Swatch } from "./swatch.tsx";

const SENT: Record<NonNullable<Alert["webhook"]>, string> = { pending: "webhook pending", sent: "webhook told", failed: "webhook failed" };

/** The run that gave alarm, which leads to where it did. */
function AlertRun({ alert }: { alert: Alert }) {
  const run = runOf(alert.run);
  const place = { ...alertPlace(alert), xMin: null, xMax: null };
  return (
    <a
      class="alert-run"
      data-testid="alert-run"
      href={addressOfPage(place)}
      title={`${alert.run_name}: what it logged there`}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        show(place);
      }}
    >
      {run && <Swatch run={run} />}
      <bdi class="ellipsis">{alert.run_name}</bdi>
    </a>
  );
}

function AlertLine({ alert, named }: { alert: Alert; named: boolean }) {
  return (
    <li class="alert" data-testid="alert" data-level={alert.level}>
      <span class={`alert-level alert-${alert.level}`}>{alert.level}</span>
      <div class="alert-body">
        <bdi class="alert-title">{alert.title}</bdi>
        {alert.text && (
          <p class="alert-text" dir="auto">
            {alert.text}
          </p>
        )}
      </div>
      {named && <AlertRun alert={alert} />}
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

/** Alerts, newest first; `named`: with the runs that gave them. */
export function AlertLines({ list, named }: { list: AlertList; named: boolean }) {
  return (
    <ul class={named ? "alerts alerts-named" : "alerts"} tabIndex={named ? undefined : 0} aria-label="Alerts">
      {list.page?.alerts.map((alert) => (
        <AlertLine key={alert.id} alert={alert} named={named} />
      ))}
      {list.page?.next && (
        <li class="alerts-more">
          <button type="button" class="button" data-testid="older-alerts" onClick={() => void list.older()}>
            Older alerts
          </button>
        </li>
      )}
    </ul>
  );
}
