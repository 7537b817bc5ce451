import { decodeFrames } from "./frames.ts";
import type { Frame } from "./frames.ts";
import type { Run, SeriesKey, SeriesKind } from "./types.ts";

export type Connection = "connecting" | "live" | "reconnecting";

export interface Followed extends SeriesKey {
  after: number | null;
}

export interface LiveEvents {
  onState(state: Connection): void;
  /** The stream is open again after a gap: what was missed must be fetched. */
  onGap(): void;
  onFrames(frames: Frame[]): void;
  onRuns(runs: Run[]): void;
  /** Deleted, or moved to another project. */
  onGone(runs: string[]): void;
  onObjects(run: string, keys: string[]): void;
  onProjects(): void;
  /** What is saved with the project on show changed. */
  onShared(): void;
  onAlerts(runs: string[]): void;
  onResync(run: string, metric: string, kind: SeriesKind): void;
}

type Message =
  | { op: "hello"; version: string }
  | { op: "runs"; runs: Run[] }
  | { op: "gone"; runs: string[] }
  | { op: "objects"; run: string; keys: string[] }
  | { op: "projects" }
  | { op: "project" }
  | { op: "alerts"; runs: string[] }
  | { op: "resync"; run: string; metric: string; kind: SeriesKind }
  | { op: "error"; error: string };

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/** One WebSocket for the whole page; after a break it connects again and asks for what it asked before. */
export class Live {
  private socket: WebSocket | null = null;
  private project: string | null = null;
  private series: () => Followed[] = () => [];
  private failures = 0;
  private opened = false;
  private timer = 0;

  constructor(
    private readonly address: string,
    private readonly events: LiveEvents,
  ) {}

  open(): void {
    this.events.onState(this.opened ? "reconnecting" : "connecting");
    const socket = new WebSocket(this.address);
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.start());
    socket.addEventListener("message", (event: MessageEvent<string | ArrayBuffer>) => this.take(event.data));
    socket.addEventListener("close", () => this.retry());
    this.socket = socket;
  }

  /** Connects at once if a retry is being waited for: the machine woke up, or the network came back. */
  wake(): void {
    if (this.socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.timer);
    this.failures = 0;
    this.open();
  }

  watch(project: string | null): void {
    this.project = project;
    this.send({ op: "watch", project });
  }

  /** `series` is asked again after a break, when the page holds more than it did now. */
  subscribe(series: () => Followed[]): void {
    this.series = series;
    this.send({ op: "subscribe", series: series() });
  }

  private start(): void {
    const gap = this.opened || this.failures > 0;
    this.opened = true;
    this.failures = 0;
    this.events.onState("live");
    this.send({ op: "watch", project: this.project });
    this.send({ op: "subscribe", series: this.series() });
    if (gap) this.events.onGap();
  }

  private retry(): void {
    this.events.onState("reconnecting");
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures);
    this.failures += 1;
    this.timer = window.setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2));
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private take(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      this.events.onFrames(decodeFrames(data));
      return;
    }
    const message = JSON.parse(data) as Message;
    switch (message.op) {
      case "runs":
        this.events.onRuns(message.runs);
        break;
      case "gone":
        this.events.onGone(message.runs);
        break;
      case "objects":
        this.events.onObjects(message.run, message.keys);
        break;
      case "alerts":
        this.events.onAlerts(message.runs);
        break;
      case "projects":
        this.events.onProjects();
        break;
      case "project":
        this.events.onShared();
        break;
      case "resync":
        this.events.onResync(message.run, message.metric, message.kind);
        break;
      case "error":
        console.error(`live stream: ${message.error}`);
        break;
      case "hello":
        break;
    }
  }
}

export function liveAddress(page: Location): string {
  const address = new URL("api/v1/live", page.href);
  address.protocol = page.protocol === "https:" ? "wss:" : "ws:";
  address.search = "";
  address.hash = "";
  return address.href;
}
