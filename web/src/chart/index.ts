import "./chart.css";

export { Chart } from "./chart.ts";
export { smooth } from "./smooth.ts";
export { formatStep, formatValue } from "./format.ts";
export { formatDuration, formatTime } from "./time.ts";
export type { ChartEvents, ChartOptions, Line, View, XAxis } from "./types.ts";
