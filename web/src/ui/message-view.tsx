import { useState } from "preact/hooks";
import type { Message } from "../api/traces.ts";
import { othersOf, pretty, saidIn } from "../state/messages.ts";
import type { Part, ToolCall } from "../state/messages.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { exactText, plural } from "./format.ts";
import { Markdown } from "./markdown.tsx";
import { MediaItem } from "./media-item.tsx";

/** Longer texts are folded, to be read by those who want to. */
const LONG = 4_000;

type Place = Pick<Item, "run" | "key" | "step">;

/** Text as it was said, or as Markdown made harmless. */
function Said({ text, markdown }: { text: string; markdown: boolean }) {
  const [whole, setWhole] = useState(false);
  const shown = whole || text.length <= LONG ? text : text.slice(0, LONG);
  return (
    <>
      {markdown ? <Markdown text={shown} /> : <p class="said">{shown}</p>}
      {shown.length < text.length && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          Show {plural(text.length - LONG, "more character")}
        </button>
      )}
    </>
  );
}

function Call({ call }: { call: ToolCall }) {
  return (
    <details class="call" data-testid="tool-call">
      <summary>
        <b>{call.name}</b> <code class="ellipsis">{call.input.replaceAll(/\s+/g, " ")}</code>
      </summary>
      <pre class="code">{call.input}</pre>
    </details>
  );
}

function PartView({ part, markdown, place }: { part: Part; markdown: boolean; place: Place }) {
  switch (part.kind) {
    case "text":
      return <Said text={part.text} markdown={markdown} />;
    case "thought":
      return (
        <details class="thought">
          <summary>Thought</summary>
          <Said text={part.text} markdown={markdown} />
        </details>
      );
    case "media": {
      const item = { media: part.media, part: "", ...place };
      return <MediaItem item={item} all={[item]} />;
    }
    case "picture":
      return <img class="said-picture" src={part.url} alt="As it was sent" loading="lazy" />;
    case "call":
      return <Call call={part.call} />;
    case "data":
      return <pre class="code">{pretty(part.value)}</pre>;
  }
}

/** One message of a conversation: who said it, what, and what it called. */
export function MessageView({ message, tools, markdown, place }: { message: Message; tools: ReadonlyMap<string, string>; markdown: boolean; place: Place }) {
  const role = typeof message.role === "string" ? message.role : "message";
  const answered = typeof message.tool_call_id === "string" ? tools.get(message.tool_call_id) : undefined;
  const name = typeof message.name === "string" ? message.name : answered;
  return (
    <section class={`message message-${role}`} data-testid="message" data-role={role} aria-label={name ? `${role} ${name}` : role}>
      <h4 class="message-role">
        {role}
        {name && <span class="faint">{name}</span>}
        {othersOf(message).map(([field, value]) => (
          <span key={field} class="chip ellipsis" title={`${field}: ${pretty(value)}`}>
            {field} {exactText(value)}
          </span>
        ))}
      </h4>
      {saidIn(message).map((part, at) => (
        <PartView key={at} part={part} markdown={markdown} place={place} />
      ))}
    </section>
  );
}
