import type { Frame } from "./frame.ts";
import type { Layers } from "./layers.ts";
import type { Theme } from "./theme.ts";
import type { ChartOptions, Series } from "./types.ts";

/** What is needed to make a file of a chart. */
export interface Sketch {
  layers: Layers;
  frame: Frame;
  series: Series[];
  options: ChartOptions;
  theme: Theme;
}
