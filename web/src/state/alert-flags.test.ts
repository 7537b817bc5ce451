import { expect, it } from "vitest";
import type { Alert } from "../api/types.ts";
import { alertFlags, alertOf } from "./alert-flags.ts";

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
