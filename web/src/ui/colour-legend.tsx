import { colourBy, inkOfSlot, scheme } from "../state/inks.ts";
import { rampGradient } from "../state/ramp.ts";
import { theme } from "../state/theme.ts";
import { exactText, shortText } from "./format.ts";
import { LineSwatch } from "./line-swatch.tsx";

const MOST = 24;

/** What the colours of runs mean: the ends of a ramp, or each of several values. */
export function ColourLegend() {
  const [by, how] = [colourBy.value, scheme.value];
  if (by.of !== "column" || how.kind === "own") return null;
  if (how.kind === "ramp") {
    const ends = [how.low, how.high].map((value) => (
      <span key={value} title={exactText(value)}>
        {shortText(value)}
      </span>
    ));
    return (
      <div class="colour-legend colour-ramp" data-testid="colour-legend">
        {ends[0]}
        <span class="ramp" role="img" aria-label={`from ${shortText(how.low)} to ${shortText(how.high)}${how.log ? ", by powers" : ""}`} style={{ backgroundImage: rampGradient(theme.value) }} />
        {ends[1]}
      </div>
    );
  }
  return (
    <ul class="colour-legend colour-classes" data-testid="colour-legend">
      {how.slots.slice(0, MOST).map(([value, slot]) => (
        <li key={value}>
          <LineSwatch {...inkOfSlot(slot)} />
          <bdi class="ellipsis">{value}</bdi>
        </li>
      ))}
      {how.slots.length > MOST && <li class="faint">+{how.slots.length - MOST} more</li>}
    </ul>
  );
}
