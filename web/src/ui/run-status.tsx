import type { Status } from "../api/types.ts";

const MARKS: Record<Status, string> = { running: "", finished: "✓", failed: "✕", crashed: "!" };

/** State by shape and word, never by colour alone. */
export function RunStatus({ status, error, word = false }: { status: Status; error?: string | null; word?: boolean }) {
  return (
    <span class={`status status-${status}`} data-testid={`status-${status}`} title={error ? `${status}: ${error}` : status}>
      <span class="status-mark" aria-hidden="true">
        {MARKS[status]}
      </span>
      <span class={word ? "status-word" : "unseen"}>{status}</span>
    </span>
  );
}
