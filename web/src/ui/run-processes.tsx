import { useEffect, useState } from "preact/hooks";
import { fetchMembers } from "../api/client.ts";
import type { Process, Run } from "../api/types.ts";
import { memberName } from "../state/sources.ts";
import { RunStatus } from "./run-status.tsx";

/** Returns the processes of a run, asked for again when one comes or the run ends. */
function useProcesses(run: Run): readonly Process[] {
  const [processes, setProcesses] = useState<readonly Process[]>([]);
  useEffect(() => {
    let gone = false;
    // What was known stands until the server answers again.
    fetchMembers(run.id).then((found) => !gone && setProcesses(found), () => {});
    return () => {
      gone = true;
    };
  }, [run.id, run.members, run.status]);
  return processes;
}

/** Where each process of a run ran, how it ended, and how much it logged; nothing of a run that has one alone. */
export function RunProcesses({ run }: { run: Run }) {
  const processes = useProcesses(run);
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
