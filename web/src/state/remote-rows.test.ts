import { afterEach, expect, it, vi } from "vitest";
import { allRows, RemoteRows } from "./remote-rows.ts";

const TOTAL = 250;

afterEach(() => void vi.unstubAllGlobals());

/** A server with a table of numbers; returns the offsets that it was asked for. */
function serve(fails = 0): number[] {
  const asked: number[] = [];
  vi.stubGlobal("fetch", (address: string) => {
    const fields = new URL(address, "http://here").searchParams;
    const offset = Number(fields.get("offset"));
    asked.push(offset);
    if (asked.length <= fails) return Promise.resolve(Response.json({ error: "filter: column 1: no" }, { status: 400 }));
    const rows = Array.from({ length: Math.max(0, Math.min(Number(fields.get("limit")), TOTAL - offset)) }, (_, at) => [offset + at]);
    return Promise.resolve(Response.json({ columns: ["n"], rows, total: TOTAL, offset }));
  });
  return asked;
}

async function settled(rows: RemoteRows): Promise<void> {
  await vi.waitFor(() => expect(rows.total ?? rows.error).not.toBeNull());
}

it("fetches rows once, when they come into view", async () => {
  const asked = serve();
  const rows = new RemoteRows({ id: "t" }, () => undefined);
  await settled(rows);
  expect([rows.total, rows.columns, rows.at(99), rows.at(100)]).toEqual([TOTAL, ["n"], [99], undefined]);
  rows.need(190, 400);
  rows.need(0, 201);
  await vi.waitFor(() => expect(rows.at(249)).toEqual([249]));
  expect(asked).toEqual([0, 100, 200]);
  expect(rows.at(250)).toBeUndefined();
});

it("tells what the server said no to, and asks again", async () => {
  serve(1);
  const rows = new RemoteRows({ id: "t", filter: "bad" }, () => undefined);
  await settled(rows);
  expect(rows.error).toBe("filter: column 1: no");
  rows.retry();
  await vi.waitFor(() => expect(rows.at(0)).toEqual([0]));
  expect(rows.error).toBeNull();
});

it("has all rows at once for a file", async () => {
  serve();
  const { columns, rows } = await allRows({ id: "t" });
  expect([columns, rows.length, rows.at(-1)]).toEqual([["n"], TOTAL, [249]]);
});
