import type { Message } from "../api/traces.ts";
import type { Media } from "../api/types.ts";
import { isMedia, mediaIn } from "./objects.ts";

/** What a message is made of, in its order. */
export type Part =
  | { kind: "text"; text: string }
  | { kind: "thought"; text: string }
  | { kind: "media"; media: Media }
  | { kind: "picture"; url: string }
  | { kind: "call"; call: ToolCall }
  | { kind: "data"; value: unknown };

export interface ToolCall {
  id: string;
  name: string;
  /** What it was called with: JSON, spread over lines where it can be read as such. */
  input: string;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Only pictures that are in the text itself: fetching others would tell their host who looks. */
const PICTURE = /^data:image\/(png|jpeg|webp|gif);base64,/;

/** Returns a value as it is read best: JSON over lines, text as it is. */
export function pretty(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, null, 2) ?? "";
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

function pictureOf(part: Fields): string | null {
  const given = isFields(part.image_url) ? part.image_url.url : part.image_url;
  return PICTURE.test(text(given)) ? text(given) : null;
}

function partOf(part: unknown): Part[] {
  if (typeof part === "string") return [{ kind: "text", text: part }];
  if (isMedia(part)) return [{ kind: "media", media: part }];
  if (!isFields(part)) return part === null || part === undefined ? [] : [{ kind: "data", value: part }];
  const media = mediaIn(part);
  if (media.length > 0) return media.map((each) => ({ kind: "media", media: each.media }));
  if (part.type === "tool_use") return [{ kind: "call", call: { id: text(part.id), name: text(part.name), input: pretty(part.input) } }];
  if (part.type === "tool_result") return partsOf(part.content);
  if (typeof part.thinking === "string") return [{ kind: "thought", text: part.thinking }];
  if (typeof part.text === "string") return [{ kind: "text", text: part.text }];
  const url = pictureOf(part);
  return url === null ? [{ kind: "data", value: part }] : [{ kind: "picture", url }];
}

/** Returns the parts of a message's content, text and list of parts alike. */
export function partsOf(content: unknown): Part[] {
  return (Array.isArray(content) ? content : [content]).flatMap(partOf).filter((part) => part.kind !== "text" || part.text !== "");
}

/** Returns everything a message says, what it thought first, and then the tools that it called. */
export function saidIn(message: Message): Part[] {
  const thought = text(message.reasoning_content) || text(message.reasoning) || text(message.thinking);
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isFields) : [];
  return [
    ...(thought === "" ? [] : [{ kind: "thought", text: thought } as const]),
    ...partsOf(message.content),
    ...calls.map((call) => ({ kind: "call", call: callOf(call) }) as const),
  ];
}

function callOf(call: Fields): ToolCall {
  const made = isFields(call.function) ? call.function : call;
  return { id: text(call.id), name: text(made.name) || "tool", input: pretty(made.arguments ?? made.input ?? {}) };
}

/** Returns the name of each tool by the id of its call, to be told where its answer stands. */
export function toolNames(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap(saidIn).flatMap((part) => (part.kind === "call" && part.call.id !== "" ? [part.call] : []));
  return new Map(calls.map((call) => [call.id, call.name]));
}

/** Returns the fields of a message that are neither what it says nor who says it. */
export function othersOf(message: Message): [string, unknown][] {
  const told = new Set(["role", "content", "tool_calls", "tool_call_id", "name", "reasoning_content", "reasoning", "thinking"]);
  return Object.entries(message).filter(([name, value]) => !told.has(name) && value !== null);
}
