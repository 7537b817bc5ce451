import "../styles/edit-dialog.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { annotations, draft } from "../state/annotations.ts";
import type { Draft } from "../state/annotations.ts";
import { remove, save } from "../state/annotation-edits.ts";
import { readOnly } from "../state/read-only.ts";

function Form({ written }: { written: Draft }) {
  const [text, setText] = useState(written.text);
  const [first, setFirst] = useState(String(written.first));
  const [last, setLast] = useState(written.last === written.first ? "" : String(written.last));
  const [everywhere, setEverywhere] = useState(written.metric === null);
  const [metric] = useState(written.metric);
  const before = annotations.value.find((each) => each.id === written.id);
  const [from, to] = [Number(first), last.trim() === "" ? Number(first) : Number(last)];
  const usable = first.trim() !== "" && Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to && text.trim() !== "";
  const close = (): void => {
    draft.value = null;
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!usable || readOnly) return;
        close();
        void save({ id: written.id, metric: everywhere ? null : metric, first: from, last: to, text: text.trim() }, before);
      }}
    >
      <label class="edit-field">
        <span>Text</span>
        <textarea rows={3} value={text} maxLength={1_000} readOnly={readOnly} data-testid="annotation-text" onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      <div class="edit-pair">
        <label class="edit-field">
          <span>Step</span>
          <input inputMode="numeric" value={first} readOnly={readOnly} data-testid="annotation-first" onInput={(event) => setFirst(event.currentTarget.value)} />
        </label>
        <label class="edit-field">
          <span>To step, if it is a range</span>
          <input inputMode="numeric" value={last} readOnly={readOnly} data-testid="annotation-last" onInput={(event) => setLast(event.currentTarget.value)} />
        </label>
      </div>
      {metric !== null && !readOnly && (
        <label class="edit-check">
          <input type="checkbox" checked={everywhere} data-testid="annotation-everywhere" onChange={(event) => setEverywhere(event.currentTarget.checked)} />
          <span>In all charts, not that of {metric} alone</span>
        </label>
      )}
      <p class="edit-buttons">
        {before && !readOnly && (
          <button
            type="button"
            class="button button-bad"
            data-testid="annotation-delete"
            onClick={() => {
              close();
              void remove(before);
            }}
          >
            Delete
          </button>
        )}
        <span class="spacer" />
        <button type="button" class="button" onClick={close}>
          {readOnly ? "Close" : "Cancel"}
        </button>
        {!readOnly && (
          <button type="submit" class="button button-main" disabled={!usable} data-testid="annotation-save">
            Save
          </button>
        )}
      </p>
    </form>
  );
}

/** What is written at a step of a chart: read, changed or taken away. */
export function AnnotationDialog() {
  const box = useRef<HTMLDialogElement>(null);
  const written = draft.value;
  useEffect(() => {
    if (!written || box.current!.open) return;
    box.current!.showModal();
    box.current!.querySelector("textarea")?.focus();
  }, [written]);
  if (!written) return null;
  return (
    <dialog ref={box} class="edit" aria-label="Annotation" data-testid="annotation-dialog" onClose={() => (draft.value = null)}>
      <h2>{written.id === null ? "New annotation" : "Annotation"}</h2>
      <Form key={written.id ?? "new"} written={written} />
    </dialog>
  );
}
