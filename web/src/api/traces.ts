import { get } from "./client.ts";
import type { Media } from "./types.ts";

/** A trace in short; what is pending or lost has no fields from `asked` on. */
export interface TraceHead {
  id: string;
  index: number;
  run: string;
  key: string;
  step: number;
  time: number;
  state: Media["state"];
  error: string | null;
  asked?: string;
  said?: string;
  messages?: number;
  tool_calls?: number;
  spans?: number;
  errors?: number;
  metadata?: Record<string, unknown>;
}

export type Message = Record<string, unknown>;

export interface Trace {
  messages: Message[];
  metadata: Record<string, unknown>;
  spans: Record<string, unknown>[];
}

export interface TracesQuery {
  project: string;
  runs: readonly string[];
  key: string;
  step: number | null;
  search: string;
}

export interface TracesPage {
  traces: TraceHead[];
  total: number;
  offset: number;
}

export async function fetchTraces(query: TracesQuery, offset: number, limit: number, signal?: AbortSignal): Promise<TracesPage> {
  return get<TracesPage>("api/v1/traces", { ...query, runs: query.runs.join(","), offset, limit }, signal);
}

/** Returns the steps at which there are traces, in order. */
export async function fetchTraceSteps(query: TracesQuery, signal?: AbortSignal): Promise<number[]> {
  const { project, runs, key } = query;
  const found = await get<{ steps: { step: number }[] }>("api/v1/trace_steps", { project, runs: runs.join(","), key }, signal);
  return found.steps.map((each) => each.step);
}

export async function fetchTrace(id: string, index: number, signal?: AbortSignal): Promise<Trace> {
  return get<Trace>("api/v1/trace", { id, index }, signal);
}
