import type { Run } from "../api/types.ts";
import { addressOfPage, selectedRun, show, tab } from "../state/address.ts";
import { columnOf } from "../state/columns.ts";
import { openLineMenu } from "../state/line-menu.ts";
import { pick, pickedIds, pickThrough, pinnedRunIds, pinRun } from "../state/picked.ts";
import { cursorRun } from "../state/run-cursor.ts";
import { hoveredRun, shownIds, showOnly } from "../state/shown.ts";
import { beside, drawerOpen, sidebarOrder } from "../state/sidebar.ts";
import { exactText } from "./format.ts";
import { Icon } from "./icon.tsx";
import { cellText } from "./run-cell.tsx";
import { LiveStatus } from "./run-pulse.tsx";
import { RunStatus } from "./run-status.tsx";
import { ShownToggle } from "./shown-toggle.tsx";

/** Opens the menu of a run where it was right-clicked. */
export function runMenu(event: MouseEvent, id: string): void {
  event.preventDefault();
  openLineMenu({ id, metric: "", x: event.clientX, y: event.clientY });
}

/** Opens a run; with a key held, shows it alone or picks it, as lists of files do. */
export function clickRun(event: MouseEvent, id: string, order: readonly string[]): void {
  event.preventDefault();
  if (event.altKey) showOnly(id);
  else if (event.shiftKey) pickThrough(id, order);
  else if (event.metaKey || event.ctrlKey) pick([id], !pickedIds.peek().has(id));
  else {
    drawerOpen.value = false;
    show({ tab: "runs", selectedRun: id });
  }
}

export function PinRun({ run }: { run: Run }) {
  const pinned = pinnedRunIds.value.has(run.id);
  return (
    <button
      type="button"
      class={pinned ? "row-tool kept" : "row-tool"}
      aria-pressed={pinned}
      aria-label={`Keep ${run.name} on top`}
      title={pinned ? "No longer on top  p" : "Keep on top  p"}
      data-testid="pin-run"
      onClick={() => pinRun(run.id, !pinned)}
    >
      <Icon name="pin" />
    </button>
  );
}

function look(run: Run, indented: boolean): string {
  return [
    "run-row",
    indented && !pinnedRunIds.value.has(run.id) && "run-indented",
    tab.value === "runs" && selectedRun.value === run.id && "run-chosen",
    !shownIds.value.has(run.id) && "run-off",
    hoveredRun.value === run.id && "run-hovered",
    cursorRun.value === run.id && "run-cursor",
    pickedIds.value.has(run.id) && "run-picked",
  ].filter(Boolean).join(" ");
}

/** The chosen value of a run. */
function Beside({ run }: { run: Run }) {
  const id = beside.value;
  const column = id === null ? undefined : columnOf(id);
  if (!column) return null;
  const text = cellText(run, column);
  return (
    <span class="run-value" data-testid="run-value" title={`${column.title}: ${column.part === "metric" ? exactText(column.value(run)) : text}`}>
      {text}
    </span>
  );
}

export function RunRow({ run, indented }: { run: Run; indented: boolean }) {
  return (
    <div
      class={look(run, indented)}
      data-testid="run-row"
      data-run={run.name}
      data-picked={pickedIds.value.has(run.id)}
      onContextMenu={(event) => runMenu(event, run.id)}
      onPointerEnter={() => (hoveredRun.value = run.id)}
      onPointerLeave={() => (hoveredRun.value = null)}
    >
      <ShownToggle run={run} />
      <a
        class="run-name"
        href={addressOfPage({ tab: "runs", selectedRun: run.id })}
        title={run.name}
        onClick={(event) => clickRun(event, run.id, sidebarOrder.peek())}
      >
        <bdi>{run.name}</bdi>
      </a>
      <button type="button" class="row-tool" title="Show only this run  s" aria-label={`Show only ${run.name}`} data-testid="only-run" onClick={() => showOnly(run.id)}>
        <Icon name="only" />
      </button>
      <PinRun run={run} />
      <Beside run={run} />
      {run.status === "running" ? <LiveStatus run={run} /> : <RunStatus status={run.status} error={run.error} />}
    </div>
  );
}
