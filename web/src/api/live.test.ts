import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Live } from "./live.ts";
import type { LiveEvents } from "./live.ts";

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static readonly CLOSED = 3;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = "";
  sent: { op: string; [field: string]: unknown }[] = [];
  constructor(readonly address: string) {
    super();
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { op: string });
  }
  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }
  drop(): void {
    this.readyState = FakeSocket.CLOSED;
    this.dispatchEvent(new Event("close"));
  }
  tell(message: object): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }
}

const last = (): FakeSocket => FakeSocket.all.at(-1)!;

function events() {
  return { onState: vi.fn(), onGap: vi.fn(), onFrames: vi.fn(), onRuns: vi.fn(), onGone: vi.fn(), onObjects: vi.fn(), onProjects: vi.fn(), onShared: vi.fn(), onAlerts: vi.fn(), onResync: vi.fn() } satisfies LiveEvents;
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("window", globalThis);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("after a break", () => {
  it("connects again, asks for what it asked before from where it stands now, and says that something was missed", () => {
    const heard = events();
    const live = new Live("ws://here/api/v1/live", heard);
    live.open();
    last().open();
    live.watch("p");
    let after = 5;
    live.subscribe(() => [{ run: "r", metric: "loss", member: null, after }]);
    after = 9;
    last().drop();
    expect(heard.onState).toHaveBeenLastCalledWith("reconnecting");
    expect(heard.onGap).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(FakeSocket.all).toHaveLength(2);
    last().open();
    expect(heard.onState).toHaveBeenLastCalledWith("live");
    expect(heard.onGap).toHaveBeenCalledOnce();
    expect(last().sent).toEqual([
      { op: "watch", project: "p" },
      { op: "subscribe", series: [{ run: "r", metric: "loss", member: null, after: 9 }] },
    ]);
  });

  it("waits longer each time, up to ten seconds", () => {
    const live = new Live("ws://here", events());
    live.open();
    for (let tries = 1; tries < 8; tries++) {
      last().drop();
      vi.advanceTimersByTime(10_000);
      expect(FakeSocket.all).toHaveLength(tries + 1);
    }
    last().drop();
    vi.advanceTimersByTime(4_900);
    expect(FakeSocket.all).toHaveLength(8);
  });

  it("connects at once when woken", () => {
    const live = new Live("ws://here", events());
    live.open();
    last().drop();
    live.wake();
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(20_000);
    expect(FakeSocket.all).toHaveLength(2);
  });
});

it("hands each message to who it is for", () => {
  const heard = events();
  new Live("ws://here", heard).open();
  last().open();
  last().tell({ op: "hello", version: "1" });
  last().tell({ op: "runs", runs: [{ id: "r" }] });
  last().tell({ op: "objects", run: "r", keys: ["sample"] });
  last().tell({ op: "resync", run: "r", metric: "loss", kind: "scalar" });
  last().tell({ op: "alerts", runs: ["r"] });
  last().tell({ op: "projects" });
  expect(heard.onRuns).toHaveBeenCalledWith([{ id: "r" }]);
  expect(heard.onObjects).toHaveBeenCalledWith("r", ["sample"]);
  expect(heard.onResync).toHaveBeenCalledWith("r", "loss", "scalar");
  expect(heard.onAlerts).toHaveBeenCalledWith(["r"]);
  expect(heard.onProjects).toHaveBeenCalledOnce();
  expect(heard.onGap).not.toHaveBeenCalled();
});
