/** The shapes of docs/HTTP.md. */

/** What became of the rows of a run on their way, and what logging them cost it. */
export interface Delivery {
  run: string;
  logged: number;
  /** Of these: safe from the end of their process. */
  journaled: number;
  stored: number;
  waiting: number;
  /** Time of the row that waits longest. */
  oldest: number | null;
  refused: Record<string, number>;
  /** Mean time of a call of log(), in microseconds. */
  call_us: number | null;
  /** Part of the run's time that all calls took. */
  share: number | null;
}

export interface Project {
  name: string;
  runs: number;
  running: number;
  created: number;
  last_activity: number;
}

export type Status = "running" | "finished" | "failed" | "crashed";

export interface MetricSummary {
  last: number | null;
  min: number | null;
  max: number | null;
  mean: number | null;
  count: number;
  last_step: number | null;
}

export interface Run {
  id: string;
  project: string;
  name: string;
  group: string | null;
  status: Status;
  error: string | null;
  /** Creation number in the project; picks the colour. */
  slot: number;
  created: number;
  started: number;
  ended: number | null;
  last_activity: number;
  config: Record<string, unknown>;
  summary: Record<string, MetricSummary>;
  rows: number;
  refused: Record<string, number>;
  host: string;
  pid: number;
  user: string;
  command: string[];
  tags: string[];
  notes: string | null;
  /** Slot of the palette that a user chose over its own. */
  colour: number | null;
  /** When it was deleted, if it was. */
  deleted: number | null;
  /** Processes that logged into it. */
  members: number;
  /** So many of them, the first, are the ranks of a launch. */
  ranks: number;
}

/** A process of a run, by its number in it; 0 is the main one. */
export interface Process {
  member: number;
  rows: number;
  status: Status | null;
  pid: number | null;
  host: string | null;
  metrics: string[];
}

/** Keys of a configuration that were set or removed at a time. */
export interface Revision {
  time: number;
  values: Record<string, unknown>;
  removed: string[];
}

/** What was saved with a project for all who look at it. */
export interface View {
  id: string;
  project: string;
  kind: "view" | "filter" | "link";
  name: string;
  /** Of a page's address, without its project; or a filter of runs. */
  query: string;
  created: number;
  changed: number;
}

/** What all who look at a project share. */
/** What somebody wrote at steps of a metric's chart; of all charts where that is null. */
export interface Annotation {
  id: string;
  metric: string | null;
  first: number;
  last: number;
  text: string;
  created: number;
}

export interface Shared {
  project: string;
  views: View[];
  /** Id of the view that is shown to those whose address says nothing but the project. */
  default_view: string | null;
  /** Keys that comparisons leave out; `*` stands for anything. */
  ignored: string[];
  /** Names and patterns of metrics, in the order of their charts. */
  plot_order: string[];
  annotations: Annotation[];
  /** Colours of runs that this server has in place of the usual ones. */
  palette: string[];
}

/** A key of configurations, nested ones with dots between their parts. */
export interface ConfigKey {
  name: string;
  /** How many runs have it. */
  runs: number;
  /** Whether all runs have it, with one value. */
  same: boolean;
}

/** Fields of all runs of a project, newest first; null where one has none. */
export interface RunColumns {
  ids: string[];
  columns: Record<string, unknown[]>;
}

export type Kind = "scalar" | "image" | "video" | "table" | "trace" | "html" | "audio" | "object3d" | "histogram" | "value" | "system";

export interface Metric {
  name: string;
  kind: Kind;
  runs: number;
}

export type MediaType = "trackio.image" | "trackio.video" | "trackio.table" | "trackio.trace" | "trackio.html" | "trackio.audio" | "trackio.object3d";

export interface Media {
  _type: MediaType;
  id: string;
  caption?: string | null;
  state: "pending" | "ready" | "failed";
  error?: string | null;
  mime?: string;
  width?: number;
  height?: number;
  bytes?: number;
  url?: string | null;
  thumb?: string | null;
  poster?: string | null;
  frames?: number;
  fps?: number;
  duration?: number;
  columns?: string[];
  rows?: number;
  /** Of a page: where it is shown, `html` or `plotly`, and whether it may hold scripts. */
  page?: string | null;
  format?: string;
  scripts?: boolean | null;
  channels?: number;
  rate?: number;
  /** Where the outline of a sound is: pairs of int8, the least and greatest value of equal parts. */
  peaks?: string | null;
  vertices?: number | null;
  faces?: number | null;
  /** Of a cloud that was thinned out: how many points there were. */
  points?: number | null;
}

export interface LoggedObject {
  run: string;
  key: string;
  step: number;
  time: number;
  value: unknown;
}

export interface ObjectsPage {
  objects: LoggedObject[];
  next: string | null;
}

/** What a row is to the earlier table that its own is held against. */
export interface RowChange {
  kind: "same" | "changed" | "new" | "gone";
  before: unknown[] | null;
  /** Numbers of the columns in which it differs. */
  differ: number[];
}

export interface TablePage {
  columns: string[];
  rows: unknown[][];
  total: number;
  offset: number;
  /** Of each row, where the table is held against another. */
  changes: RowChange[] | null;
}

/** How grave an alert is. */
export type Level = "info" | "warn" | "error";

/** Something that a run gave alarm of. */
export interface Alert {
  id: string;
  run: string;
  run_name: string;
  time: number;
  level: Level;
  title: string;
  text: string | null;
  step: number | null;
  member: number;
  /** What became of it on its way to a webhook; null where nobody was to be told. */
  webhook: "pending" | "sent" | "failed" | null;
  /** Why the webhook was not told. */
  error: string | null;
}

export interface AlertsPage {
  alerts: Alert[];
  next: string | null;
}

/** Of system metrics, the steps are times in ms. */
export type SeriesKind = "scalar" | "system";

export interface SeriesKey {
  run: string;
  metric: string;
  member: number | null;
  kind?: SeriesKind;
}
