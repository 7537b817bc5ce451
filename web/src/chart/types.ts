export type XAxis = "step" | "time" | "relative" | "metric";
export type ScaleKind = "linear" | "log" | "symlog";
export type SmoothingKind = "ema" | "twema" | "gaussian" | "mean";
/** Which of the values so far is the best. */
export type Best = "min" | "max";
export type Bands = "auto" | "on" | "off";

/** Rows of a series, and how many points each stands for (one each where that is absent). */
export interface Rows {
  steps: Float64Array;
  values: Float64Array;
  counts?: Float64Array | undefined;
}

/** How many points of each row are no numbers. */
export interface OddCounts {
  nan: Float64Array;
  high: Float64Array;
  low: Float64Array;
}

export interface Line extends Rows {
  id: string;
  label: string;
  color: string;
  dash?: number[] | undefined;
  /** A member of a group: drawn faintly beneath its line, and not pointed at. */
  faint?: boolean | undefined;
  times: Float64Array;
  /** The least and the greatest of each row. */
  min?: Float64Array | undefined;
  max?: Float64Array | undefined;
  /** Members at each row of a group's line, whose band is their spread. */
  members?: Float64Array | undefined;
  /** Where values are means of rows, what of these was NaN or infinite. */
  odd?: OddCounts | undefined;
  /** Where the x axis is a metric, its values. */
  xs?: Float64Array | undefined;
  start?: number | undefined;
  /** Of rows that stand for several points: the first step whose value is no number. */
  oddStep?: number | null | undefined;
  /** The least and the greatest before all rows. */
  earlier?: Range | null | undefined;
  /** Coarse rows beside what is held, so that zooming in does not change a smoothed curve. */
  before?: Rows | undefined;
  after?: Rows | undefined;
}

export type Range = [number, number];

/** What a zoom shows; null is all there is. */
export interface View {
  x: Range | null;
  y: Range | null;
}

export interface Smoothing {
  kind: SmoothingKind;
  /** What is kept of the past from one point to the next: 0 is no smoothing. */
  weight: number;
}

export interface ChartOptions {
  xAxis: XAxis;
  /** What the x axis shows, where it is a metric. */
  xName: string;
  logX: boolean;
  yScale: ScaleKind;
  smoothing: Smoothing;
  /** In place of the values, the best of them so far. */
  best: Best | null;
  /** Where the y axis ends, whatever is drawn; null where what is drawn says it. */
  yEnds: [number | null, number | null];
  outliers: boolean;
  bands: Bands;
  theme: "light" | "dark";
  title: string;
}

/** What a chart could not draw as a number in its place. */
export interface Notes {
  nan: number;
  infinite: number;
  /** The part of the x axis with what is NaN or infinite. */
  odd: Range | null;
  /** Zero or less on a logarithmic axis. */
  unplaced: number;
  /** Outside the y range that leaves outliers out. */
  beyond: number;
}

/** A value at the cursor, for a legend that follows it. */
export interface Reading {
  id: string;
  value: number;
}

export interface ChartEvents {
  /** `through`: on the way, more will follow. */
  onZoom?(view: View | null, through: boolean): void;
  onBack?(): void;
  onHover?(x: number | null): void;
  /** Where a click put the fixed cursor. */
  onPin?(x: number | null): void;
  /** A line was asked for its menu, at a place in the window. */
  onMenu?(id: string, x: number, y: number): void;
  /** The line under the pointer, so that other charts can show the same run. */
  onHighlight?(id: string | null): void;
  /** A flag was chosen, by its id. */
  onFlag?(id: string): void;
  onNotes?(notes: Notes): void;
  onReadings?(readings: Reading[]): void;
  /** A key that is not the chart's own; true if somebody made use of it. */
  onKey?(key: string): boolean;
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

/** A point that is no number, or a row's worth of them. */
export interface Oddity {
  x: number;
  kind: "nan" | "high" | "low";
  count: number;
}

/** A line with its x for the chosen axis and its drawn (smoothed) values. */
export interface Series {
  line: Line;
  x: Float64Array;
  y: Float64Array;
  low: Float64Array | undefined;
  high: Float64Array | undefined;
  odd: Oddity[];
  sorted: boolean;
  smoothed: boolean;
}
