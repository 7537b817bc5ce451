import { expect, it } from "vitest";
import type { Alert } from "../api/types.ts";
import { alertFlags, alertOf, placeOn } from "./alert-flags.ts";

const alert = (id: string, more: Partial<Alert> = {}): Alert => ({
  id, run: "r", run_name: "first", time: 1, level: "warn", title: "careful", text: null, step: 7, member: 0, webhook: null, error: null, ...more,
});

it("flags the alerts of the runs that are shown, where they have a step", () => {
  const alerts = [alert("a", { level: "error" }), alert("b", { step: null }), alert("c", { run: "other" }), alert("d", { step: 0 })];
  expect(alertFlags(alerts, [{ id: "r" }])).toEqual([
    { id: "alert:a", first: 7, last: 7, text: "error of first: careful", tone: "error" },
    { id: "alert:d", first: 0, last: 0, text: "warn of first: careful", tone: "warn" },
  ]);
  expect(alertFlags(alerts, [])).toEqual([]);
});

it("flags the newest of very many", () => {
  const many = Array.from({ length: 80 }, (_, at) => alert(String(at), { step: 80 - at }));
  const flags = alertFlags(many, [{ id: "r" }]);
  expect(flags).toHaveLength(50);
  expect(flags[0]!.first).toBe(80);
});

it("knows its own flags from those of annotations", () => {
  const alerts = [alert("a"), alert("b")];
  expect(alertOf("alert:b", alerts)?.id).toBe("b");
  expect(alertOf("b", alerts)).toBeNull();
  expect(alertOf("alert:z", alerts)).toBeNull();
});

it("an alert lies at its step, its time, or so long after its run began", () => {
  const given = { step: 7, time: 1_010 };
  expect([placeOn("step", given, 1_000), placeOn("time", given, 1_000), placeOn("relative", given, 1_000)]).toEqual([7, 1_010, 10]);
});

it("an alert has no place on a metric, nor after the beginning of a run that is not known", () => {
  const given = { step: 7, time: 1_010 };
  expect([placeOn("metric", given, 1_000), placeOn("relative", given, null)]).toEqual([null, null]);
});
