import "../styles/views.css";
import { useState } from "preact/hooks";
import type { View } from "../api/types.ts";
import { page } from "../state/address.ts";
import { readOnly } from "../state/read-only.ts";
import { openView, savedViews, shared } from "../state/shared.ts";
import { viewQuery } from "../state/view-query.ts";
import { linkTo, overwrite, remove, rename, save, setDefault, shortLink } from "../state/views.ts";
import { CopyButton } from "./copy-button.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";
import { NameForm } from "./name-form.tsx";
import { closeAround } from "./popover.tsx";

interface ToolProps {
  icon: IconName;
  label: string;
  testid: string;
  pressed?: boolean;
  act(): void;
}

function Tool({ icon, label, testid, pressed, act }: ToolProps) {
  return (
    <button type="button" class={pressed ? "icon-button small kept" : "icon-button small"} title={label} aria-label={label} aria-pressed={pressed} data-testid={testid} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}

function ViewRow({ view, onRename }: { view: View; onRename(): void }) {
  const now = viewQuery(page.value);
  const isFirst = shared.value?.default_view === view.id;
  return (
    <li class="view-row" data-testid="view-row" data-view={view.name}>
      <button
        type="button"
        class="view-name ellipsis"
        aria-current={view.query === now}
        data-testid="open-view"
        onClick={(event) => {
          closeAround(event.currentTarget);
          openView(view.query);
        }}
      >
        <bdi>{view.name}</bdi>
      </button>
      {!readOnly && (
        <>
          <Tool icon="star" label={isFirst ? "Shown first; press to take back" : "Show first to who opens the project"} testid="default-view" pressed={isFirst} act={() => void setDefault(isFirst ? null : view)} />
          {view.query !== now && <Tool icon="save" label={`Overwrite ${view.name} with what is shown`} testid="overwrite-view" act={() => void overwrite(view, now)} />}
          <Tool icon="pen" label={`Rename ${view.name}`} testid="rename-view" act={onRename} />
        </>
      )}
      <CopyButton label={`Copy the link to ${view.name}`} text={() => linkTo(view.id)} testid="copy-view" />
      {!readOnly && <Tool icon="bin" label={`Delete ${view.name}`} testid="delete-view" act={() => void remove(view)} />}
    </li>
  );
}

function Links() {
  const [said, setSaid] = useState("");
  const copy = async (link: Promise<string | null>): Promise<void> => {
    const text = await link;
    if (text === null) return;
    await navigator.clipboard.writeText(text);
    setSaid(`Copied ${text.length > 60 ? "the whole address" : text}`);
  };
  return (
    <div class="view-links">
      {!readOnly && (
        <button type="button" class="button" data-testid="copy-short-link" title="A short address of what is shown now" onClick={() => void copy(shortLink())}>
          <Icon name="link" /> Copy short link
        </button>
      )}
      <button type="button" class="button" data-testid="copy-address" title="An address that needs nothing saved" onClick={() => void copy(Promise.resolve(location.href))}>
        Copy address
      </button>
      <p class="faint" role="status">
        {said}
      </p>
    </div>
  );
}

/** Views that were saved with the project: opened, made, changed and deleted here. */
export function ViewsPanel() {
  const [renaming, setRenaming] = useState<string | null>(null);
  const views = savedViews.value;
  return (
    <div class="views-panel" data-testid="views-panel">
      <p class="menu-title">Saved with this project, for everybody</p>
      {views.length === 0 && <p class="views-none">A view is all that you see: runs, filter, metrics, zoom, columns.</p>}
      <ul>
        {views.map((view) =>
          renaming === view.id ? (
            <li key={view.id}>
              <NameForm
                label="New name"
                initial={view.name}
                action={() => "Rename"}
                onName={(name) => {
                  setRenaming(null);
                  void rename(view, name);
                }}
              />
            </li>
          ) : (
            <ViewRow key={view.id} view={view} onRename={() => setRenaming(view.id)} />
          ),
        )}
      </ul>
      {!readOnly && renaming === null && (
        <NameForm
          label="Save what is shown as"
          initial=""
          action={(name) => (views.some((view) => view.name === name) ? "Overwrite" : "Save")}
          onName={(name) => void save("view", name, viewQuery(page.peek()))}
        />
      )}
      <Links />
    </div>
  );
}
