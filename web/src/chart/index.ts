import "./chart.css";

export { Chart } from "./chart.ts";
export type { Flag } from "./flags.ts";
export { formatStep, formatValue, signed } from "./format.ts";
export { schedule, unschedule } from "./schedule.ts";
export type { Sketch } from "./sketch.ts";
export { formatDuration, formatTime } from "./time.ts";
export type {
  Bands, Best, ChartEvents, ChartOptions, Line, Notes, OddCounts, Range, Reading, Rows, ScaleKind, Smoothing, SmoothingKind, View, XAxis,
} from "./types.ts";
