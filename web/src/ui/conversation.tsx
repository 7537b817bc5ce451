import { useEffect, useState } from "preact/hooks";
import { fetchTrace } from "../api/traces.ts";
import type { Trace, TraceHead } from "../api/traces.ts";
import { formatStep } from "../chart/index.ts";
import { toolNames } from "../state/messages.ts";
import { runOf } from "../state/runs.ts";
import { exactText, plural } from "./format.ts";
import { Icon } from "./icon.tsx";
import { MessageView } from "./message-view.tsx";
import { Problem } from "./problem.tsx";
import { save } from "./save.ts";
import { SpanTree } from "./span-tree.tsx";
import { Swatch } from "./swatch.tsx";
import { Toggle } from "./toggle.tsx";

/** Longer conversations are drawn in parts. */
const AT_ONCE = 100;
const SHORT = 80;

function useTrace(head: TraceHead): { trace: Trace | null; error: string | null } {
  const [trace, setTrace] = useState<Trace | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { id, index, state } = head;
  useEffect(() => {
    if (state !== "ready") return undefined;
    const abort = new AbortController();
    fetchTrace(id, index, abort.signal).then(setTrace, (reason: unknown) => {
      if (!abort.signal.aborted) setError(reason instanceof Error ? reason.message : String(reason));
    });
    return () => abort.abort();
  }, [id, index, state]);
  return { trace, error: state === "failed" ? `These traces could not be stored: ${head.error ?? "no reason given"}` : error };
}

/** What is nested, on one line if it is short. */
function inLines(value: object): string {
  const line = JSON.stringify(value);
  return line.length <= SHORT ? line : JSON.stringify(value, null, 1);
}

function Metadata({ metadata }: { metadata: Trace["metadata"] }) {
  const facts = Object.entries(metadata);
  if (facts.length === 0) return null;
  return (
    <dl class="trace-facts" data-testid="trace-metadata">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === "object" && value !== null ? <pre>{inLines(value)}</pre> : exactText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Messages({ head, trace, markdown }: { head: TraceHead; trace: Trace; markdown: boolean }) {
  const [most, setMost] = useState(AT_ONCE);
  const tools = toolNames(trace.messages);
  const left = trace.messages.length - most;
  return (
    <>
      {trace.messages.slice(0, most).map((message, at) => (
        <MessageView key={at} message={message} tools={tools} markdown={markdown} place={{ run: head.run, key: head.key, step: head.step }} />
      ))}
      {left > 0 && (
        <button type="button" class="button" onClick={() => setMost(most + AT_ONCE)}>
          Show {Math.min(AT_ONCE, left)} more of {plural(left, "message")}
        </button>
      )}
    </>
  );
}

/** One trace, whole: what is known of it, what took how long, and what was said. */
export function Conversation({ head, onBack }: { head: TraceHead; onBack(): void }) {
  const { trace, error } = useTrace(head);
  const [markdown, setMarkdown] = useState(false);
  const run = runOf(head.run);
  const name = `${head.key.replaceAll(/[^\w.-]+/g, "_")}_${head.step}_${head.index}.json`;
  return (
    <article class="trace-open" data-testid="conversation" aria-label={`Trace ${head.index + 1} of step ${head.step}`} tabIndex={0}>
      <header class="trace-head">
        <button type="button" class="icon-button small trace-back" aria-label="Back to the list" onClick={onBack}>
          <Icon name="left" />
        </button>
        {run && <Swatch run={run} />}
        <b class="ellipsis">{run?.name ?? head.run}</b>
        <span class="faint">
          step {formatStep(head.step)} · no. {head.index + 1}
        </span>
        <span class="spacer" />
        <Toggle label="Markdown" title="Draw what was said as Markdown" on={markdown} testid="trace-markdown" onChange={setMarkdown} />
        <button
          type="button"
          class="icon-button small"
          title="Save as JSON"
          aria-label="Save as JSON"
          disabled={!trace}
          onClick={() => save(new Blob([JSON.stringify(trace, null, 2)], { type: "application/json" }), name)}
        >
          <Icon name="download" />
        </button>
      </header>
      {error && <Problem text={error} />}
      {head.state === "pending" && <p class="card-note">Being stored…</p>}
      {!trace && !error && head.state === "ready" && <div class="table-wait skeleton" aria-busy="true" />}
      {trace && (
        <div class="trace-said">
          <Metadata metadata={trace.metadata} />
          {trace.spans.length > 0 && <SpanTree spans={trace.spans} />}
          <Messages head={head} trace={trace} markdown={markdown} />
        </div>
      )}
    </article>
  );
}
