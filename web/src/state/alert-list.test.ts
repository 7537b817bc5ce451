import { expect, test } from "vitest";
import type { Alert, AlertsPage } from "../api/types.ts";
import { AlertList, refreshed } from "./alert-list.ts";

const page = (ids: string, next: string | null): AlertsPage => ({ alerts: [...ids].map((id) => ({ id }) as Alert), next });
const idsOf = (found: AlertsPage | null): [string | undefined, string | null | undefined] => [found?.alerts.map(({ id }) => id).join(""), found?.next];

interface Answer {
  resolve(page: AlertsPage): void;
  reject(fault: Error): void;
}

/** A list and the answers to what it asks, in the order in which it asks. */
function asked(): { list: AlertList; answers: Answer[]; changes: () => number } {
  const answers: Answer[] = [];
  let count = 0;
  const ask = (): Promise<AlertsPage> => new Promise((resolve, reject) => answers.push({ resolve, reject }));
  return { list: new AlertList(ask, () => count++), answers, changes: () => count };
}

test("new alerts come before those held, of which the older stay", () => {
  expect(idsOf(refreshed(page("dcba", null), page("fed", "d")))).toEqual(["fedcba", null]);
});

test("where others may lie between the newest and what is held, only the newest are kept", () => {
  expect(idsOf(refreshed(page("ba", null), page("zyx", "x")))).toEqual(["zyx", "x"]);
  expect(idsOf(refreshed(page("ba", null), page("", null)))).toEqual(["", null]);
});

test("older alerts follow those held", async () => {
  const { list, answers } = asked();
  const first = list.load();
  answers[0]!.resolve(page("fe", "e"));
  await first;
  const more = list.older();
  answers[1]!.resolve(page("dc", "c"));
  await more;
  expect(idsOf(list.page)).toEqual(["fedc", "c"]);
});

test("an answer that comes after a later one is passed over", async () => {
  const { list, answers } = asked();
  const both = [list.load(), list.load()];
  answers[1]!.resolve(page("ba", null));
  answers[0]!.resolve(page("a", null));
  await Promise.all(both);
  expect(idsOf(list.page)).toEqual(["ba", null]);
});

test("what went wrong is told, and what was there stays", async () => {
  const { list, answers } = asked();
  const first = list.load();
  answers[0]!.resolve(page("a", null));
  await first;
  const second = list.load();
  answers[1]!.reject(new Error("no answer"));
  await second;
  expect([list.error, ...idsOf(list.page)]).toEqual(["no answer", "a", null]);
});

test("a closed list tells of nothing any more", async () => {
  const { list, answers, changes } = asked();
  const first = list.load();
  list.close();
  answers[0]!.resolve(page("a", null));
  await first;
  expect([list.page, changes()]).toEqual([null, 0]);
});
