import "../styles/palette.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { openProject, project, show } from "../state/address.ts";
import { annotationsListed } from "../state/annotations.ts";
import { helpOpen, paletteOpen } from "../state/help.ts";
import { axisNames } from "../state/metrics.ts";
import { matching } from "../state/palette.ts";
import type { Entry } from "../state/palette.ts";
import { projects } from "../state/projects.ts";
import { readOnly } from "../state/read-only.ts";
import { runs } from "../state/runs.ts";
import { setYScale, yScale } from "../state/settings.ts";
import { openView, savedFilters, savedViews } from "../state/shared.ts";
import { showTop } from "../state/shown.ts";
import { setRunFilter } from "../state/run-filter.ts";
import { toggleSidebar } from "../state/sidebar.ts";
import { setTheme, theme } from "../state/theme.ts";
import { say, takeBack } from "../state/toasts.ts";
import { shortLink } from "../state/views.ts";
import { ago } from "./format.ts";
import { Icon } from "./icon.tsx";
import { PAGES } from "./shortcuts.ts";
import { offered } from "./tabs.tsx";

const MOST = 60;

async function copyLink(): Promise<void> {
  const link = await shortLink();
  if (link === null) return;
  await navigator.clipboard.writeText(link);
  say(`Copied ${link}`);
}

/** What can be done wherever one is. */
function actions(): Entry[] {
  const inProject: [string, () => unknown, string?][] = [
    ["Logarithmic y axis, on or off", () => setYScale(yScale.peek() === "log" ? "linear" : "log")],
    ["Show or hide the list of runs", toggleSidebar, "["],
    ["Draw the usual runs", () => showTop(null)],
    ["List the annotations", () => (annotationsListed.value = true)],
    ["Clear the filter of runs", () => setRunFilter("")],
    ...(readOnly ? [] : ([["Copy a short link to what is shown", copyLink]] satisfies [string, () => unknown][])),
  ];
  const anywhere: [string, () => unknown, string?][] = [
    ["Take back the last change", takeBack.bind(null, undefined), "⌘Z"],
    ["Light or dark", () => setTheme(theme.peek() === "dark" ? "light" : "dark"), "t"],
    ["All keys", () => (helpOpen.value = true), "?"],
  ];
  return [...(project.peek() === null ? [] : inProject), ...anywhere].map(([title, act, hint]) => ({ kind: "do", title, act, ...(hint ? { hint } : {}) }));
}

/** Everything that can be found from here: pages first, runs last. */
function entries(): Entry[] {
  const open = project.peek() !== null;
  return [
    ...PAGES.filter(({ tab }) => tab === null || (open && offered(tab))).map(({ key, title, act }): Entry => ({ kind: "page", title, hint: `g ${key}`, act })),
    ...savedViews.peek().map((view): Entry => ({ kind: "view", title: view.name, act: () => openView(view.query) })),
    ...savedFilters.peek().map((view): Entry => ({ kind: "filter", title: view.name, hint: view.query, act: () => setRunFilter(view.query) })),
    ...actions(),
    ...(open ? axisNames.peek() : []).map((name): Entry => ({ kind: "chart", title: name, act: () => show({ tab: "charts", selectedRun: null, full: name }) })),
    ...(projects.peek() ?? []).map((each): Entry => ({ kind: "project", title: each.name, hint: ago(each.last_activity), act: () => openProject(each.name) })),
    ...runs.peek().map((run): Entry => ({ kind: "run", title: run.name, hint: run.status, act: () => show({ tab: "runs", selectedRun: run.id, full: null }) })),
  ];
}

/** A field in which one types what to find or do, and what matches. */
export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const all = useMemo(entries, []);
  const found = matching(typed, all, MOST);
  useEffect(() => dialog.current!.showModal(), []);
  useEffect(() => list.current!.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [at, typed]);
  const close = (): void => {
    paletteOpen.value = false;
  };
  const choose = (entry: Entry | undefined): void => {
    if (!entry) return;
    close();
    entry.act();
  };
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    else if (event.key === "Enter") choose(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      class="palette"
      data-testid="palette"
      aria-label="Find or do something"
      onClose={close}
      onKeyDown={press}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <label class="palette-field">
        <Icon name="search" />
        <input
          value={typed}
          placeholder="A run, a metric, a page, something to do"
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={found[at] ? `palette-${at}` : undefined}
          aria-label="Find or do something"
          autocomplete="off"
          spellcheck={false}
          data-testid="palette-field"
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
        />
      </label>
      <div ref={list} id="palette-list" class="palette-list" role="listbox" aria-label="Found">
        {found.map((entry, i) => (
          <button
            key={`${entry.kind} ${entry.title} ${i}`}
            id={`palette-${i}`}
            type="button"
            role="option"
            tabIndex={-1}
            class="palette-entry"
            aria-selected={i === at}
            data-testid="palette-entry"
            onPointerMove={() => setAt(i)}
            onClick={() => choose(entry)}
          >
            <span class="palette-kind">{entry.kind}</span>
            <bdi class="ellipsis">{entry.title}</bdi>
            {entry.hint && <span class="palette-hint ellipsis">{entry.hint}</span>}
          </button>
        ))}
        {found.length === 0 && <p class="picker-none">Nothing here is named like this</p>}
      </div>
    </dialog>
  );
}
