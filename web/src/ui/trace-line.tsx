import { useEffect } from "preact/hooks";
import type { TraceHead } from "../api/traces.ts";
import { formatStep } from "../chart/index.ts";

import { runOf } from "../state/runs.ts";
import type { TraceList } from "../state/trace-list.ts";
import { exactText } from "./format.ts";
import { Icon } from "./icon.tsx";
import { Swatch } from "./swatch.tsx";

const FACTS = 2;

/** A line that is not read yet: being shown, it is. */
export function UnreadLine({ list, place }: { list: TraceList; place: number }) {
  useEffect(() => list.need(place), [list, place]);
  return <span class="trace-line trace-unread" aria-busy="true" />;
}

interface Props {
  head: TraceHead;
  now: boolean;
  onChoose(head: TraceHead): void;
}

/** One trace in a list: where it was logged, how it begins, how it ends. */
export function TraceLine({ head, now, onChoose }: Props) {
  const run = runOf(head.run);
  const facts = Object.entries(head.metadata ?? {}).slice(0, FACTS);
  return (
    <button type="button" class="trace-line" aria-current={now} data-testid="trace-line" data-state={head.state} onClick={() => onChoose(head)}>
      <span class="trace-where">
        {run && <Swatch run={run} />}
        <span class="ellipsis">{run?.name ?? head.run}</span>
        <span class="faint">step {formatStep(head.step)}</span>
        <span class="spacer" />
        {(head.errors ?? 0) > 0 && <Icon name="warn" />}
        {facts.map(([name, value]) => (
          <span key={name} class="chip ellipsis" title={`${name}: ${exactText(value)}`}>
            {name} {exactText(value)}
          </span>
        ))}
      </span>
      {head.state === "ready" ? (
        <>
          <span class="ellipsis">{head.asked || <span class="faint">no text</span>}</span>
          <span class="ellipsis faint">{head.said}</span>
        </>
      ) : (
        <span class="ellipsis faint">{head.state === "pending" ? "being stored…" : `could not be stored: ${head.error}`}</span>
      )}
    </button>
  );
}
