import { connection } from "../state/live.ts";

const TITLES = {
  live: "New points appear as they are logged",
  connecting: "Opening the live stream",
  reconnecting: "The server is not answering; what is shown may be old",
};

export function ConnectionBadge() {
  const state = connection.value;
  return (
    <span class={`badge connection-${state}`} role="status" data-testid={`status-${state}`} title={TITLES[state]}>
      <span class="badge-dot" aria-hidden="true" />
      <span class="badge-word">{state}</span>
    </span>
  );
}
