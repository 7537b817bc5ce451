import type { ComponentChildren } from "preact";
import type { Run } from "../api/types.ts";
import { formatValue } from "../chart/index.ts";
import { CopyButton } from "./copy-button.tsx";
import { ago, durationOf, moments } from "./format.ts";

type Fact = [string, ComponentChildren];

const there = ([, value]: Fact): boolean => value !== null && value !== false && value !== "";

function course(run: Run): Fact[] {
  const refused = Object.entries(run.refused);
  const rate = run.rows / Math.max(1e-9, (run.ended ?? run.last_activity) - run.started);
  return [
    ["Started", <span title={ago(run.started)} key="started">{moments(run.started)}</span>],
    ["Ended", run.ended !== null && moments(run.ended)],
    ["Duration", durationOf(run)],
    ["Last activity", run.status === "running" && ago(run.last_activity)],
    ["Rows", `${run.rows.toLocaleString("en-US")}${run.rows > 1 ? ` · ${formatValue(rate)} per second` : ""}`],
    ["Group", run.group !== null && <bdi>{run.group}</bdi>],
    ["Tags", run.tags.length > 0 && run.tags.map((tag) => <bdi class="chip" key={tag}>{tag}</bdi>)],
    [
      "Refused",
      refused.length > 0 && (
        <ul data-testid="run-refused">
          {refused.map(([reason, count]) => (
            <li key={reason}>
              <b>{count.toLocaleString("en-US")}</b> {reason}
            </li>
          ))}
        </ul>
      ),
    ],
  ];
}

function place(run: Run): Fact[] {
  const command = run.command.join(" ");
  return [
    ["Host", run.host],
    ["User", run.user],
    ["Process", String(run.pid)],
    [
      "Command",
      command && (
        <span class="with-copy">
          <code>{command}</code>
          <CopyButton label="Copy the command" text={() => command} />
        </span>
      ),
    ],
    [
      "Id",
      <span class="with-copy" key="id">
        <code>{run.id}</code>
        <CopyButton label="Copy the id" text={() => run.id} />
      </span>,
    ],
  ];
}

function Facts({ title, facts, testid }: { title: string; facts: readonly Fact[]; testid: string }) {
  return (
    <section class="card" data-testid={testid}>
      <header class="card-head">
        <h3 class="card-title">{title}</h3>
      </header>
      <dl class="key-values">
        {facts.filter(there).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** When a run ran and what came of it, and where. */
export function RunFacts({ run }: { run: Run }) {
  return (
    <>
      <Facts title="Course" facts={course(run)} testid="run-facts" />
      <Facts title="Environment" facts={place(run)} testid="run-environment" />
    </>
  );
}
