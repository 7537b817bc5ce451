import "../styles/edit-dialog.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { editing } from "../state/edit-dialog.ts";
import { change, remove, tagsOf } from "../state/edits.ts";
import { runOf } from "../state/runs.ts";
import { ColourChoice } from "./colour-choice.tsx";
import { plural } from "./format.ts";

function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <label class="edit-field">
      <span>{label}</span>
      {children}
    </label>
  );
}

function close(): void {
  editing.value = [];
}

function EditOne({ run }: { run: Run }) {
  const [name, setName] = useState(run.name);
  const [tags, setTags] = useState(run.tags.join(", "));
  const [group, setGroup] = useState(run.group ?? "");
  const [notes, setNotes] = useState(run.notes ?? "");
  const [colour, setColour] = useState(run.colour);
  const save = (event: Event): void => {
    event.preventDefault();
    close();
    void change([run], () => ({ name: name.trim(), tags: tagsOf(tags), group: group.trim() || null, notes: notes || null, colour }), `Changed ${name.trim()}`);
  };
  return (
    <form onSubmit={save}>
      <Field label="Name">
        <input value={name} required maxLength={500} data-testid="edit-name" onInput={(event) => setName(event.currentTarget.value)} />
      </Field>
      <Field label="Tags, divided by commas">
        <input value={tags} data-testid="edit-tags" onInput={(event) => setTags(event.currentTarget.value)} />
      </Field>
      <Field label="Group">
        <input value={group} maxLength={500} data-testid="edit-group" onInput={(event) => setGroup(event.currentTarget.value)} />
      </Field>
      <div class="edit-field">
        <span>Colour</span>
        <ColourChoice value={colour} onChange={setColour} />
      </div>
      <Field label="Notes (Markdown)">
        <textarea rows={6} value={notes} data-testid="edit-notes" onInput={(event) => setNotes(event.currentTarget.value)} />
      </Field>
      <Buttons runs={[run]} disabled={name.trim() === ""} />
    </form>
  );
}

function EditSeveral({ runs }: { runs: readonly Run[] }) {
  const [add, setAdd] = useState("");
  const [without, setWithout] = useState<ReadonlySet<string>>(new Set());
  const tags = [...new Set(runs.flatMap((run) => run.tags))].sort();
  const save = (event: Event): void => {
    event.preventDefault();
    close();
    const to = (run: Run) => ({ tags: [...new Set([...run.tags.filter((tag) => !without.has(tag)), ...tagsOf(add)])] });
    void change(runs, to, `Changed the tags of ${plural(runs.length, "run")}`);
  };
  const flip = (tag: string): void => {
    const next = new Set(without);
    if (!next.delete(tag)) next.add(tag);
    setWithout(next);
  };
  return (
    <form onSubmit={save}>
      <Field label="Add tags, divided by commas">
        <input value={add} data-testid="edit-tags" onInput={(event) => setAdd(event.currentTarget.value)} />
      </Field>
      {tags.length > 0 && (
        <fieldset class="edit-tags">
          <legend>Their tags; those unticked are removed</legend>
          {tags.map((tag) => (
            <label key={tag}>
              <input type="checkbox" checked={!without.has(tag)} onChange={() => flip(tag)} />
              <bdi>{tag}</bdi>
            </label>
          ))}
        </fieldset>
      )}
      <Buttons runs={runs} disabled={false} />
    </form>
  );
}

function Buttons({ runs, disabled }: { runs: readonly Run[]; disabled: boolean }) {
  return (
    <p class="edit-buttons">
      <button
        type="button"
        class="button button-bad"
        data-testid="edit-delete"
        onClick={() => {
          close();
          void remove(runs);
        }}
      >
        Delete
      </button>
      <span class="spacer" />
      <button type="button" class="button" onClick={close}>
        Cancel
      </button>
      <button type="submit" class="button button-main" data-testid="edit-save" disabled={disabled}>
        Save
      </button>
    </p>
  );
}

/** Changes one run, or what several have in common. */
export function EditDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  // As they were when it was opened: what changes meanwhile must not overwrite what is being typed.
  const [runs] = useState(() => editing.peek().flatMap((id) => runOf(id) ?? []));
  useEffect(() => {
    dialog.current!.showModal();
    dialog.current!.querySelector<HTMLInputElement>("input")?.select();
  }, []);
  const [only] = runs;
  return (
    <dialog ref={dialog} class="edit" data-testid="edit-dialog" aria-label="Edit" onClose={close}>
      <h2 class="ellipsis">
        <bdi>{runs.length === 1 ? `Edit ${only!.name}` : `Edit ${plural(runs.length, "run")}`}</bdi>
      </h2>
      {runs.length === 1 ? <EditOne run={only!} /> : <EditSeveral runs={runs} />}
    </dialog>
  );
}
