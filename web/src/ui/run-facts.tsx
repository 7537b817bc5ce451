import type { ComponentChildren } from "preact";
import type { Run } from "../api/types.ts";
import { ago, durationOf, moments } from "./format.ts";

function facts(run: Run): [string, ComponentChildren][] {
  const refused = Object.entries(run.refused);
  const list: [string, ComponentChildren][] = [
    ["Project", run.project],
    ["Group", run.group],
    ["Tags", run.tags.length > 0 && run.tags.map((tag) => <span class="chip" key={tag}>{tag}</span>)],
    ["Started", `${moments(run.started)} · ${ago(run.started)}`],
    ["Ended", run.ended !== null && moments(run.ended)],
    ["Duration", durationOf(run)],
    ["Last activity", ago(run.last_activity)],
    ["Rows", run.rows.toLocaleString("en-US")],
    ["Not taken", refused.length > 0 && refused.map(([reason, n]) => `${reason} (${n})`).join("; ")],
    ["Host", run.host],
    ["User", run.user],
    ["Process", String(run.pid)],
    ["Command", run.command.length > 0 && <code>{run.command.join(" ")}</code>],
    ["Id", <code key="id">{run.id}</code>],
  ];
  return list.filter(([, value]) => value !== null && value !== false && value !== "");
}

export function RunFacts({ run }: { run: Run }) {
  return (
    <section class="card" data-testid="run-facts">
      <header class="card-head">
        <h3 class="card-title">About this run</h3>
      </header>
      <dl class="key-values">
        {facts(run).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
