import type { Status } from "../api/types.ts";

const MARKS: Record<Status, string> = {
  running: "",
  finished: "m3.500 8.500 3 3 6-7",
  failed: "m5.200 5.200 5.600 5.600m0-5.600-5.600 5.600",
  crashed: "M8 4v5m0 2.700v.100",
};

export function StatusMark({ status }: { status: Status }) {
  return (
    <svg class="status-mark" viewBox="0 0 16 16" aria-hidden="true">
      {status === "running" && <circle cx="8" cy="8" r="4" />}
      {(status === "failed" || status === "crashed") && <circle class="status-disc" cx="8" cy="8" r="8" />}
      {status !== "running" && <path d={MARKS[status]} />}
    </svg>
  );
}

/** State by shape and word, never by colour alone. */
export function RunStatus({ status, error, word = false }: { status: Status; error?: string | null; word?: boolean }) {
  return (
    <span class={`status status-${status}`} data-testid={`status-${status}`} title={error ? `${status}: ${error}` : status}>
      <StatusMark status={status} />
      <span class={word ? "status-word" : "unseen"}>{status}</span>
    </span>
  );
}
