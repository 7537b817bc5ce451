import "../styles/runs-table.css";
import { useEffect } from "preact/hooks";
import { project } from "../state/address.ts";
import { keysReady } from "../state/run-details.ts";
import { filteredRuns, setRunFilter } from "../state/run-filter.ts";
import { tableOrder } from "../state/run-cursor.ts";
import { runs, runsState } from "../state/runs.ts";
import { rows } from "../state/table.ts";
import { Empty } from "../ui/empty.tsx";
import { RunsTable } from "../ui/runs-table.tsx";
import { RunsToolbar } from "../ui/runs-toolbar.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** Every run of the project in a table. */
export function RunsPage() {
  useEffect(() => {
    const stop = rows.subscribe((list) => {
      tableOrder.value = list.flatMap((row) => (row.kind === "run" ? [row.id] : []));
    });
    return () => {
      stop();
      tableOrder.value = null;
    };
  }, []);
  if (runsState.value === "loading") return <Skeleton cards={1} />;
  if (runs.value.length === 0) {
    return (
      <Empty title="No runs yet" code={`import trackio\n\ntrackio.init(project=${JSON.stringify(project.value)}, config={"lr": 1e-3})\ntrackio.log({"loss": 0.05})\ntrackio.finish()`}>
        The next run of this project appears here by itself, its configuration and last values as columns.
      </Empty>
    );
  }
  if (!keysReady.value) return <Skeleton cards={1} />;
  return (
    <>
      <RunsToolbar />
      {filteredRuns.value.length > 0 ? (
        <RunsTable />
      ) : (
        <Empty title="No run matches">
          The filter lets none of {runs.value.length.toLocaleString("en-US")} runs through.{" "}
          <button type="button" class="link" onClick={() => setRunFilter("")}>
            Clear the filter
          </button>
        </Empty>
      )}
    </>
  );
}
