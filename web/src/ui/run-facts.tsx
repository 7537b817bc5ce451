import type { Run } from "../api/types.ts";
import { CopyButton } from "./copy-button.tsx";
import { Facts } from "./facts.tsx";
import type { Fact } from "./facts.tsx";
import { ago, durationOf, moments, rough } from "./format.ts";

function course(run: Run): Fact[] {
  const rate = run.rows / Math.max(1e-9, (run.ended ?? run.last_activity) - run.started);
  return [
    ["Started", <span title={ago(run.started)} key="started">{moments(run.started)}</span>],
    ["Ended", run.ended !== null && moments(run.ended)],
    ["Duration", durationOf(run)],
    ["Last activity", run.status === "running" && ago(run.last_activity)],
    ["Rows", `${run.rows.toLocaleString("en-US")}${run.rows > 1 ? ` · ${rough(rate)} per second` : ""}`],
    ["Group", run.group !== null && <bdi>{run.group}</bdi>],
    ["Tags", run.tags.length > 0 && run.tags.map((tag) => <bdi class="chip" key={tag}>{tag}</bdi>)],
  ];
}

function place(run: Run): Fact[] {
  const command = run.command.join(" ");
  const copied = (text: string, label: string) => (
    <span class="with-copy">
      <code>{text}</code>
      <CopyButton label={label} text={() => text} />
    </span>
  );
  return [
    ["Host", run.host],
    ["User", run.user],
    ["Process", String(run.pid)],
    ["Command", command && copied(command, "Copy the command")],
    ["Id", copied(run.id, "Copy the id")],
  ];
}

/** When a run ran and what came of it, and where. */
export function RunFacts({ run }: { run: Run }) {
  return (
    <>
      <Facts title="About" facts={course(run)} testid="run-facts" />
      <Facts title="Environment" facts={place(run)} testid="run-environment" />
    </>
  );
}
