import { computed, effect, signal } from "@preact/signals";
import type { XAxis } from "../chart/index.ts";
import { page, show } from "./address.ts";

export type ThemeChoice = "light" | "dark" | "system";

export interface Settings {
  theme: ThemeChoice;
  xAxis: XAxis;
  smoothing: number;
  logX: boolean;
  logY: boolean;
  /** Leave outliers out of the y range. */
  outliers: boolean;
  groupBy: string | null;
  /** Sections of charts, groups of runs, by project and title, that are folded away. */
  folded: string[];
}

const DEFAULTS: Settings = {
  theme: "system",
  xAxis: "step",
  smoothing: 0,
  logX: false,
  logY: false,
  outliers: false,
  groupBy: null,
  folded: [],
};
const STORED = "trackio.settings";
const MOST_FOLDED = 500;

function stored(): Settings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<Settings>) };
  } catch {
    // Storage may be closed to framed pages, or hold what another version wrote.
    return DEFAULTS;
  }
}

export const settings = signal<Settings>(stored());

effect(() => {
  const text = JSON.stringify(settings.value);
  try {
    localStorage.setItem(STORED, text);
  } catch {
    // As above; the choice then lasts as long as the page.
  }
});

export function set(part: Partial<Settings>): void {
  settings.value = { ...settings.value, ...part };
}

export const xAxis = computed<XAxis>(() => page.value.xAxis ?? settings.value.xAxis);
export const smoothing = computed(() => page.value.smoothing ?? settings.value.smoothing);
export const groupBy = computed(() => page.value.group ?? settings.value.groupBy);

export function setXAxis(axis: XAxis): void {
  set({ xAxis: axis });
  // A range in steps means nothing in seconds.
  show({ xAxis: axis === "step" ? null : axis, xMin: null, xMax: null });
}

export function setSmoothing(weight: number): void {
  set({ smoothing: weight });
  show({ smoothing: weight });
}

export function setGroupBy(key: string | null): void {
  set({ groupBy: key });
  show({ group: key });
}

export const folded = computed(() => new Set(settings.value.folded));

export function fold(name: string, closed: boolean): void {
  const rest = settings.value.folded.filter((other) => other !== name);
  set({ folded: closed ? [...rest, name].slice(-MOST_FOLDED) : rest });
}
