export type XAxis = "step" | "time" | "relative";

export interface Line {
  id: string;
  label: string;
  color: string;
  dash?: number[] | undefined;
  dimmed?: boolean | undefined;
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
  min?: Float64Array | undefined;
  max?: Float64Array | undefined;
  start?: number | undefined;
}

export interface View {
  x0: number;
  x1: number;
  y0?: number;
  y1?: number;
}

export interface ChartOptions {
  xAxis: XAxis;
  logX: boolean;
  logY: boolean;
  smoothing: number;
  outliers: boolean;
  theme: "light" | "dark";
  title: string;
}

export interface ChartEvents {
  onZoom?(view: View | null): void;
  onHover?(x: number | null): void;
  onLine?(id: string): void;
  /** The line under the pointer, so that other charts can show the same run. */
  onHighlight?(id: string | null): void;
}

/** Plot area and canvas, in CSS pixels. */
export interface Box {
  width: number;
  height: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A line with its x for the chosen axis and its drawn (smoothed) values. */
export interface Series {
  line: Line;
  x: Float64Array;
  y: Float64Array;
  sorted: boolean;
  smoothed: boolean;
}
