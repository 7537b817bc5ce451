import { multiples, niceStep } from "./scale.ts";
import type { Tick } from "./scale.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const STEPS = [
  1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = 30.4 * DAY;

function pickStep(rough: number): number | undefined {
  return STEPS.find((s) => s >= rough);
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

function day(d: Date): string {
  return `${MONTHS[d.getMonth()]} ${d.getDate()}`;
}

function clock(d: Date, seconds: boolean): string {
  const hm = `${two(d.getHours())}:${two(d.getMinutes())}`;
  return seconds ? `${hm}:${two(d.getSeconds())}` : hm;
}

function timeLabel(value: number, step: number): string {
  const d = new Date(value * 1000);
  const midnight = d.getHours() === 0 && d.getMinutes() === 0 && d.getSeconds() === 0;
  if (step < 1) return `${clock(d, true)}.${String(d.getMilliseconds()).padStart(3, "0").slice(0, step < 0.1 ? 3 : 1)}`;
  if (step >= DAY || midnight) return day(d);
  return clock(d, step < MINUTE);
}

/** Starts of months (or of every n-th), in local time. */
function monthTicks(lo: number, hi: number, count: number): Tick[] {
  const months = (hi - lo) / MONTH / count;
  const every = [1, 2, 3, 6, 12].find((m) => m * 1.3 >= months) ?? 12 * niceStep(months / 12);
  const first = new Date(lo * 1000);
  const out: Tick[] = [];
  for (let k = Math.floor((first.getFullYear() * 12 + first.getMonth()) / every) * every; out.length < 100; k += every) {
    const d = new Date(Math.floor(k / 12), k % 12, 1);
    const value = d.getTime() / 1000;
    if (value > hi) break;
    const label = d.getMonth() === 0 ? String(d.getFullYear()) : (MONTHS[d.getMonth()] as string);
    if (value >= lo) out.push({ value, label });
  }
  return out;
}

/** Local midnights (a day is not always 86,400 s). */
function dayTicks(lo: number, hi: number, days: number): Tick[] {
  const d = new Date(lo * 1000);
  d.setHours(0, 0, 0, 0);
  const out: Tick[] = [];
  for (; d.getTime() / 1000 <= hi && out.length < 100; d.setDate(d.getDate() + days)) {
    if (d.getTime() / 1000 >= lo) out.push({ value: d.getTime() / 1000, label: day(d) });
  }
  return out;
}

/** Ticks of wall time, in the viewer's zone. */
export function timeTicks(lo: number, hi: number, count: number): Tick[] {
  const rough = (hi - lo) / Math.max(1, count);
  const step = rough < 1 ? niceStep(rough) : pickStep(rough);
  if (step === undefined) return monthTicks(lo, hi, count);
  if (step >= DAY) return dayTicks(lo, hi, Math.round(step / DAY));
  const zone = new Date(lo * 1000).getTimezoneOffset() * MINUTE;
  return multiples(lo - zone, hi - zone, step).map((v) => ({ value: v + zone, label: timeLabel(v + zone, step) }));
}

/** Two units at most: "1h 30m", "45s", "2d 6h". */
export function formatDuration(seconds: number): string {
  const s = Math.abs(seconds);
  const minus = seconds < 0 ? "\u2212" : "";
  if (s < MINUTE) return `${minus}${Number(s.toFixed(s < 10 ? 2 : 1))}s`;
  const units: readonly (readonly [number, string])[] = [[DAY, "d"], [HOUR, "h"], [MINUTE, "m"], [1, "s"]];
  const at = units.findIndex(([size]) => s >= size);
  const [size, name] = units[at] as readonly [number, string];
  const next = units[at + 1];
  const major = Math.floor(s / size);
  const minor = next ? Math.floor((s - major * size) / next[0] + 1e-6) : 0;
  return minus + major + name + (next && minor ? ` ${minor}${next[1]}` : "");
}

/** Ticks of a duration since the start of a run. */
export function durationTicks(lo: number, hi: number, count: number): Tick[] {
  const rough = (hi - lo) / Math.max(1, count);
  const step = rough < 1 ? niceStep(rough) : (pickStep(rough) ?? DAY * niceStep(rough / DAY));
  return multiples(lo, hi, step).map((value) => ({ value, label: value === 0 ? "0" : formatDuration(value) }));
}

export function formatTime(seconds: number): string {
  const d = new Date(seconds * 1000);
  if (Number.isNaN(d.getTime())) return "";
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock(d, true)}`;
}
