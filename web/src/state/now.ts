import { effect, signal } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { sampled, speedOf } from "./pulse.ts";
import type { Sample } from "./pulse.ts";
import { runs } from "./runs.ts";

const TICK_MS = 1_000;

/** Seconds since the epoch, which go on while anything runs and somebody looks. */
export const now = signal(Date.now() / 1_000);
let timer = 0;

/** Where the running runs were lately, by id. */
let samples = new Map<string, readonly Sample[]>();

function tick(): void {
  if (!document.hidden) now.value = Date.now() / 1_000;
}

effect(() => {
  const running = runs.value.filter((run) => run.status === "running");
  samples = new Map(running.map((run) => [run.id, sampled(samples.get(run.id) ?? [], run)]));
  if (running.length > 0 && timer === 0) timer = window.setInterval(tick, TICK_MS);
  if (running.length === 0) {
    clearInterval(timer);
    timer = 0;
  }
});

/** Returns how many steps a running run takes in a second, of late. */
export function speed(run: Run): number | null {
  return speedOf(run, samples.get(run.id) ?? []);
}
