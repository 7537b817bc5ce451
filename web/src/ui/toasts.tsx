import { dismiss, takeBack, toasts } from "../state/toasts.ts";
import { Icon } from "./icon.tsx";

/** What was done lately, each with the way back. */
export function Toasts() {
  return (
    <div class="toasts" role="status" data-testid="toasts">
      {toasts.value.map(({ id, text, bad, undoable }) => (
        <div key={id} class={bad ? "toast toast-bad" : "toast"} data-testid="toast">
          <bdi class="toast-text">{text}</bdi>
          {undoable && (
            <button type="button" class="link" data-testid="undo" title="Take it back  ⌘Z" onClick={() => takeBack(id)}>
              Undo
            </button>
          )}
          <button type="button" class="icon-button small" title="Dismiss" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
