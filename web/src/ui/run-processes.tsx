import type { Run } from "../api/types.ts";
import { processesOf } from "../state/members.ts";
import { memberName } from "../state/sources.ts";
import { RunStatus } from "./run-status.tsx";

/** Where each process of a run ran, how it ended, and how much it logged; nothing of a run that has one alone. */
export function RunProcesses({ run }: { run: Run }) {
  const processes = processesOf(run);
  if (processes.length < 2) return null;
  return (
    <section class="card" data-testid="run-processes">
      <header class="card-head">
        <h2 class="card-title">{run.ranks > 1 ? "Ranks" : "Processes"}</h2>
      </header>
      <div class="table-scroll run-processes">
        <table class="data-table">
          <thead>
            <tr>
              <th scope="col">which</th>
              <th scope="col">state</th>
              <th scope="col">where</th>
              <th scope="col" class="number">
                rows
              </th>
            </tr>
          </thead>
          <tbody>
            {processes.map(({ member, status, host, pid, rows }) => (
              <tr key={member}>
                <th scope="row">{memberName(run, member)}</th>
                <td>{status && <RunStatus status={status} word />}</td>
                <td>{pid !== null && `${host} · ${pid}`}</td>
                <td class="number">{rows.toLocaleString("en-US")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
