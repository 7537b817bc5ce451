import { Float, make, write } from "../float.ts";
import { formatStep, formatValue } from "../format.ts";
import { formatTime } from "../time.ts";
import type { Histogram } from "./bins.ts";

/** A bin that the cursor is on; -1 beside all bins. */
export interface Place {
  histogram: Histogram;
  bin: number;
}

function binText({ histogram: { edges, counts }, bin }: Place): string {
  if (bin < 0) return "outside all bins";
  const open = bin === counts.length - 1 ? "]" : ")";
  return `[${formatValue(edges[bin]!)}, ${formatValue(edges[bin + 1]!)}${open}`;
}

function countText({ histogram: { counts, total }, bin }: Place): string {
  const count = bin < 0 ? 0 : counts[bin]!;
  const share = total > 0 ? ` of ${formatValue(total)} · ${((100 * count) / total).toFixed(1)} %` : "";
  return `${formatValue(count)}${share}`;
}

/** What a screen reader says of a place. */
export function readout(place: Place): string {
  return `Step ${formatStep(place.histogram.step)}, ${binText(place)}: ${countText(place)}`;
}

/** The box that reads the bin under the pointer and its count. */
export class ReadingTip extends Float {
  private readonly step = make("span", "chart-tip-step", make("div", "chart-tip-head", this.root));
  private readonly time = make("span", "chart-tip-time", this.step.parentElement!);
  private readonly list = make("div", "chart-tip-bins", this.root);
  private readonly bin = make("span", "", this.list);
  private readonly count = make("span", "chart-tip-value", this.list);

  /** `x`, `y`: in the window. */
  show(place: Place, x: number, y: number): void {
    write(this.step, `Step ${formatStep(place.histogram.step)}`);
    write(this.time, formatTime(place.histogram.time));
    write(this.bin, binText(place));
    write(this.count, countText(place));
    this.open(x, y);
  }
}
