import type { Run } from "../api/types.ts";
import { formatDuration } from "../chart/index.ts";
import { now, speed } from "../state/now.ts";
import { leftOf, quietFor } from "../state/pulse.ts";
import { durationOf, rough } from "./format.ts";
import { StatusMark } from "./run-status.tsx";

/** What of a running run changes by the second: for how long it has run, how fast, how much is left, and whether it went quiet. */
export function pulseOf(run: Run): { text: string; quiet: string | null } {
  void now.value;
  const [pace, quiet] = [speed(run), quietFor(run, now.value)];
  const left = leftOf(run, pace);
  const parts = [
    `for ${durationOf(run)}`,
    pace !== null && pace > 0 && quiet === null && `${rough(pace)} steps/s`,
    left !== null && quiet === null && `${formatDuration(left)} left`,
  ];
  return { text: parts.filter(Boolean).join(" · "), quiet: quiet === null ? null : `nothing logged for ${formatDuration(quiet)}` };
}

/** How a running run goes, second by second. */
export function RunPulse({ run }: { run: Run }) {
  const { text, quiet } = pulseOf(run);
  return (
    <span class="run-pulse" data-testid="run-pulse">
      <span class="faint">{text}</span>
      {quiet && (
        <span class="run-quiet" role="status" data-testid="run-quiet">
          {quiet}
        </span>
      )}
    </span>
  );
}

/** The state of a running run, with how it goes; hollow where it went quiet. */
export function LiveStatus({ run, word = false }: { run: Run; word?: boolean }) {
  const { text, quiet } = pulseOf(run);
  const state = quiet ? `running, but ${quiet}` : "running";
  return (
    <span class={quiet ? "status status-quiet" : "status status-running"} data-testid="status-running" title={`${state}\n${text}`}>
      <StatusMark status="running" />
      <span class={word ? "status-word" : "unseen"}>{quiet ? "running, quiet" : "running"}</span>
    </span>
  );
}
