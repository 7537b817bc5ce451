import { FrameReader } from "./frames.ts";
import type { Frame, GroupFrame } from "./frames.ts";
import type {
  AlertsPage, Annotation, ConfigKey, Delivery, Metric, ObjectsPage, Process, Project, Revision, Run, RunColumns, SeriesKey, Shared, TablePage, View,
} from "./types.ts";

/** What the server said no to, in its words, or that it could not be reached (status 0). */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

// Relative to the page, so that a proxy may serve it below any path.
export function addressOf(path: string, query: Query = {}): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") fields.set(name, String(value));
  }
  const text = fields.toString();
  return text ? `${path}?${text}` : path;
}

/** Returns what the server answers; raises ApiError. */
export async function ask(address: string, init: RequestInit): Promise<Response> {
  let reply: Response;
  try {
    reply = await fetch(address, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError("The server cannot be reached. Is `trackio show` still running?", 0);
  }
  if (!reply.ok) throw new ApiError(await reasonOf(reply), reply.status);
  return reply;
}

async function reasonOf(reply: Response): Promise<string> {
  if (reply.status === 401) return "This server asks for its token: open the address that `trackio show` prints.";
  try {
    const body = (await reply.json()) as { error?: unknown };
    if (typeof body.error === "string") return body.error;
  } catch {
    // A proxy in between may answer in HTML; the status says enough.
  }
  return `${reply.status} ${reply.statusText}`.trim();
}

/** Returns the JSON that the server answers; raises ApiError. */
export async function get<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
  const reply = await ask(addressOf(path, query), signal ? { signal } : {});
  return (await reply.json()) as T;
}

async function post<T>(path: string, body: object): Promise<T> {
  return (await (await send(path, body)).json()) as T;
}

function send(path: string, body: object, signal?: AbortSignal): Promise<Response> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return ask(path, signal ? { ...init, signal } : init);
}

export async function fetchProjects(): Promise<Project[]> {
  return (await get<{ projects: Project[] }>("api/v1/projects", {})).projects;
}

/** Returns how a run's configuration came to be, what it began with first. */
export async function fetchConfigHistory(run: string): Promise<Revision[]> {
  return (await get<{ changes: Revision[] }>("api/v1/config", { run })).changes;
}

/** Returns by project how many runs were active on each of the last days. */
export async function fetchActivity(): Promise<Record<string, number[]>> {
  return (await get<{ projects: Record<string, number[]> }>("api/v1/activity", {})).projects;
}

/** Returns what all who look at a project share. */
export async function fetchShared(project: string): Promise<Shared> {
  return get<Shared>("api/v1/project", { project });
}

export async function fetchView(id: string): Promise<View> {
  return get<View>("api/v1/view", { id });
}

/** Returns the newest runs of a project, and how many there are in all. */
export async function fetchRuns(project: string, limit: number): Promise<{ runs: Run[]; total: number }> {
  return get("api/v1/runs", { project, limit });
}

/** Returns these runs, without those that are not in the project. */
export async function fetchRunsById(project: string, ids: readonly string[]): Promise<Run[]> {
  return (await post<{ runs: Run[] }>("api/v1/runs", { project, ids })).runs;
}

/** Returns fields of all runs of a project, as filters name them. */
export async function fetchColumns(project: string, fields: readonly string[]): Promise<RunColumns> {
  return post<RunColumns>("api/v1/columns", { project, fields });
}

export async function fetchKeys(project: string): Promise<ConfigKey[]> {
  return (await get<{ keys: ConfigKey[] }>("api/v1/keys", { project })).keys;
}

/** Returns the ids of all runs that a filter lets through. */
export async function fetchRunIds(project: string, filter: string): Promise<string[]> {
  return (await get<{ ids: string[] }>("api/v1/runs", { project, filter, ids: true })).ids;
}

export async function fetchRun(id: string): Promise<Run> {
  return get<Run>("api/v1/run", { id });
}

export type Edit =
  | { action: "rename_run"; run: string; name: string }
  | { action: "set_tags"; run: string; tags: string[] }
  | { action: "set_notes"; run: string; notes: string | null }
  | { action: "set_group"; run: string; group: string | null }
  | { action: "set_colour"; run: string; colour: number | null }
  | { action: "delete_run"; run: string }
  | { action: "restore_run"; run: string }
  | { action: "save_view"; project: string; view: string | null; kind: View["kind"]; name: string; query: string }
  | { action: "delete_view"; project: string; view: string }
  | ({ action: "annotate"; project: string; annotation: string | null } & Pick<Annotation, "metric" | "first" | "last" | "text">)
  | { action: "delete_annotation"; project: string; annotation: string }
  | { action: "set_default_view"; project: string; view: string | null }
  | { action: "set_ignored"; project: string; keys: readonly string[] };

/** Returns what the server answers to an edit, as docs/HTTP.md has it. */
export async function sendEdit(edit: Edit): Promise<Record<string, unknown>> {
  const reply = await ask("api/v1/edit", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(edit) });
  return (await reply.json()) as Record<string, unknown>;
}

/** Returns the runs of all projects that were deleted and can be restored, the last deleted first. */
export async function fetchDeleted(): Promise<Run[]> {
  return (await get<{ runs: Run[] }>("api/v1/deleted", {})).runs;
}

/** Returns how a run's rows fared; null where nothing is known of it. */
export async function fetchDelivery(run: string, signal: AbortSignal): Promise<Delivery | null> {
  return (await get<{ runs: Delivery[] }>("api/v1/delivery", { run }, signal)).runs[0] ?? null;
}

/** Returns what a project logged under, or one run of it. */
export async function fetchMetrics(project: string, run?: string): Promise<Metric[]> {
  return (await get<{ metrics: Metric[] }>("api/v1/metrics", { project, run })).metrics;
}

/** Returns a page of a project's alerts, or of a run's, newest first. */
export async function fetchAlerts(query: { project: string; run?: string | null; level?: string; limit?: number; before?: string }): Promise<AlertsPage> {
  return get<AlertsPage>("api/v1/alerts", query);
}

export interface ObjectsQuery {
  project: string;
  runs?: readonly string[];
  kinds?: readonly string[];
  key?: string;
  limit?: number;
  before?: string;
  /** Steps, both inclusive. */
  first?: number | null;
  last?: number | null;
  /** The newest object in each of so many equal parts of the steps, all in one answer. */
  parts?: number;
}

export async function fetchObjects(query: ObjectsQuery, signal?: AbortSignal): Promise<ObjectsPage> {
  const { runs, kinds, ...rest } = query;
  return get<ObjectsPage>("api/v1/objects", { ...rest, runs: runs?.join(","), kinds: kinds?.join(",") }, signal);
}

/** Returns the steps at which there are such objects, rising. */
export async function fetchSteps(query: Omit<ObjectsQuery, "limit" | "before" | "parts">, signal?: AbortSignal): Promise<number[]> {
  const { runs, kinds, ...rest } = query;
  return (await get<{ steps: number[] }>("api/v1/steps", { ...rest, runs: runs?.join(","), kinds: kinds?.join(",") }, signal)).steps;
}

export interface TableQuery {
  id: string;
  offset: number;
  limit: number;
  sort?: string;
  descending?: boolean;
  /** In the language of runs, columns being its fields. */
  filter?: string;
  /** Id of an earlier table, whose rows have the same cell in column `on`, or the same number. */
  against?: string;
  on?: string;
  /** Only rows that are not the same there. */
  changed?: boolean;
}

export async function fetchTable(query: TableQuery, signal?: AbortSignal): Promise<TablePage> {
  return get<TablePage>("api/v1/table", { ...query }, signal);
}

export interface SeriesQuery {
  x: "step" | "time";
  width: number;
  first: number | null;
  last: number | null;
  /** Whether the extremes before the first are wanted, too. */
  before?: boolean;
  series: SeriesKey[];
}

/** Gives each series' frame as it arrives, in the order asked. */
export async function fetchSeries(query: SeriesQuery, onFrame: (frame: Frame, index: number) => void, signal: AbortSignal): Promise<void> {
  await askFrames("api/v1/series", query, onFrame, signal);
}

export interface GroupsQuery {
  x: "step" | "time" | "relative" | "metric";
  /** The metric that is the axis, where x says so. */
  axis: string | null;
  width: number;
  first: number | null;
  last: number | null;
  metric: string;
  /** Which process of each run; with "all" each counts for itself. */
  member: number | "all" | null;
  groups: { name: string; runs: string[] }[];
}

/** Returns a frame per group, in the order asked. */
export async function fetchGroups(query: GroupsQuery, signal: AbortSignal): Promise<GroupFrame[]> {
  const frames: GroupFrame[] = [];
  await askFrames("api/v1/groups", query, (frame) => frames.push(frame as unknown as GroupFrame), signal);
  return frames;
}

/** Returns the metrics that a formula is made of; throws ApiError saying where it cannot be read. */
export async function fetchFormula(text: string): Promise<string[]> {
  const { metrics, error } = await get<{ metrics: string[]; error: string | null }>("api/v1/formula", { text });
  if (error !== null) throw new ApiError(error, 200);
  return metrics;
}

/** Returns the processes that logged into a run. */
export async function fetchMembers(run: string): Promise<Process[]> {
  return (await get<{ members: Process[] }>("api/v1/members", { run })).members;
}

async function askFrames(path: string, query: object, onFrame: (frame: Frame, index: number) => void, signal: AbortSignal): Promise<void> {
  const reply = await send(path, query, signal);
  const reader = new FrameReader();
  let index = 0;
  const body = reply.body?.getReader();
  for (;;) {
    const part = await body?.read();
    if (!part || part.done) break;
    for (const frame of reader.push(part.value)) onFrame(frame, index++);
  }
  reader.end();
}
