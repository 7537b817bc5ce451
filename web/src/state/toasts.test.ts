import { beforeEach, expect, it, vi } from "vitest";
import { say, takeBack, toasts, TOAST_MS } from "./toasts.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
});

it("takes back the last change first, each once, also when its message is gone", () => {
  const done: string[] = [];
  for (const name of ["a", "b", "c"]) say(name, () => done.push(name));
  say("nothing to take back");
  vi.advanceTimersByTime(TOAST_MS);
  expect(toasts.value).toEqual([]);
  expect([takeBack(), takeBack(), takeBack(), takeBack()]).toEqual([true, true, true, false]);
  expect(done).toEqual(["c", "b", "a"]);
});

it("takes back one of several, and its message goes with it", () => {
  const done: string[] = [];
  for (const name of ["a", "b"]) say(name, () => done.push(name));
  takeBack(toasts.value[0]!.id);
  expect(done).toEqual(["a"]);
  expect(toasts.value.map((toast) => toast.text)).toEqual(["b"]);
});
