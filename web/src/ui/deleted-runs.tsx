import { useEffect, useState } from "preact/hooks";
import { fetchDeleted } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { project } from "../state/address.ts";
import { restore } from "../state/edits.ts";
import { ago } from "./format.ts";
import { Icon } from "./icon.tsx";
import { Popover } from "./popover.tsx";
import { Problem } from "./problem.tsx";

function Deleted() {
  const [list, setList] = useState<Run[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    fetchDeleted().then(
      (found) => setList(found.filter((run) => run.project === project.peek())),
      (reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason)),
    );
  }, []);
  if (error) return <Problem text={error} />;
  if (!list) return <p class="picker-none">Looking…</p>;
  if (list.length === 0) return <p class="picker-none">Deleted runs wait here for an hour before they go for good.</p>;
  return (
    <ul>
      {list.map((run) => (
        <li key={run.id} data-testid="deleted-run">
          <bdi class="ellipsis" title={run.name}>
            {run.name}
          </bdi>
          <span class="faint">{ago(run.deleted ?? 0)}</span>
          <button
            type="button"
            class="link"
            onClick={() => {
              setList(list.filter((other) => other !== run));
              void restore([{ ...run, deleted: null }]);
            }}
          >
            Restore
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Runs that were deleted lately, to be taken back. */
export function DeletedRuns() {
  return (
    <Popover label="Deleted runs" class="icon-button" testid="deleted-runs" face={<Icon name="bin" />}>
      <div class="deleted-runs">
        <Deleted />
      </div>
    </Popover>
  );
}
