import { useEffect, useRef } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { page, show } from "../state/address.ts";
import { addFormula } from "../state/card-edits.ts";
import { editing } from "../state/edit-dialog.ts";
import { remove } from "../state/edits.ts";
import { AGAINST, against, SIGN } from "../state/formula-text.ts";
import type { Against } from "../state/formula-text.ts";
import { groupRuns } from "../state/grouping.ts";
import { lineMenu } from "../state/line-menu.ts";
import { pick, pinnedRunIds, pinRun } from "../state/picked.ts";
import { readOnly } from "../state/read-only.ts";
import { runOf, runs } from "../state/runs.ts";
import { groupBy } from "../state/settings.ts";
import { setShown, shownIds, showOnly, shownRuns } from "../state/shown.ts";
import { say } from "../state/toasts.ts";
import { placeNear } from "./popover.tsx";

interface Action {
  title: string;
  act(): unknown;
}

/** Charts of what all runs have against this one. */
function held(run: Run, metric: string): Action[] {
  return (Object.keys(AGAINST) as Against[]).flatMap((how) => {
    const text = metric === "" ? null : against(metric, run, runs.peek(), how);
    if (text === null) return [];
    return {
      title: `Draw each run's ${how} to it`,
      act: async () => {
        await addFormula(text);
        if (page.peek().full !== null) show({ full: SIGN + text });
        else say(`Drawn below formulas: ${text}`);
      },
    };
  });
}

function actionsOf(id: string, metric: string): Action[] {
  const run = runOf(id);
  if (run) {
    const [shown, pinned] = [shownIds.peek().has(id), pinnedRunIds.peek().has(id)];
    const edits: Action[] = [
      { title: "Edit…", act: () => (editing.value = [id]) },
      { title: "Delete", act: () => void remove([run]) },
    ];
    return [
      { title: "Open run", act: () => show({ tab: "runs", selectedRun: id, full: null }) },
      { title: "Show only this run", act: () => showOnly(id) },
      shown ? { title: "Hide this run", act: () => setShown([id], false) } : { title: "Show this run", act: () => setShown([id], true) },
      { title: pinned ? "No longer on top" : "Keep on top", act: () => pinRun(id, !pinned) },
      { title: "Pick", act: () => pick([id], true) },
      ...held(run, metric),
      { title: "Copy name", act: () => void navigator.clipboard?.writeText(run.name) },
      ...(readOnly ? [] : edits),
    ];
  }
  const by = groupBy.peek();
  const group = by === null ? undefined : groupRuns(shownRuns.peek(), by).find(({ value }) => id === `group:${value ?? `no ${by}`}`);
  if (!group) return [];
  const ids = group.runs.map((each) => each.id);
  const others = runs.peek().map((each) => each.id).filter((each) => !ids.includes(each));
  return [
    { title: "Show only this group", act: () => setShown(others, false) },
    { title: "Hide this group", act: () => setShown(ids, false) },
  ];
}

/** What can be done with a line that was right-clicked. */
export function LineMenu() {
  const box = useRef<HTMLDivElement>(null);
  const menu = lineMenu.value;
  useEffect(() => {
    if (!menu || !box.current) return;
    box.current.showPopover();
    placeNear(box.current, { left: menu.x, right: menu.x, top: menu.y, bottom: menu.y });
    box.current.querySelector("button")?.focus();
  }, [menu]);
  if (!menu) return null;
  const name = runOf(menu.id)?.name ?? menu.id.replace(/^group:/, "");
  const close = (): void => {
    lineMenu.value = null;
  };
  return (
    <div
      ref={box}
      popover="auto"
      class="float menu"
      role="menu"
      aria-label={name}
      data-testid="line-menu"
      key={page.value.project}
      onToggle={(event) => {
        if ((event as unknown as ToggleEvent).newState === "closed") close();
      }}
    >
      <p class="menu-title ellipsis">{name}</p>
      {actionsOf(menu.id, menu.metric).map(({ title, act }) => (
        <button
          key={title}
          type="button"
          role="menuitem"
          onClick={() => {
            act();
            close();
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
