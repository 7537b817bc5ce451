import { computed } from "@preact/signals";
import type { Run } from "../api/types.ts";
import { page } from "./address.ts";
import { colourOf, dashOf, paletteOf } from "./colours.ts";
import { groupValue } from "./grouping.ts";
import { NO_VALUE, rampAt } from "./ramp.ts";
import { runs } from "./runs.ts";
import { colourByOf, placeOn, schemeOf, slotIn, valueOf } from "./scheme.ts";
import type { Scheme } from "./scheme.ts";
import { groupBy } from "./settings.ts";
import { shared } from "./shared.ts";
import { theme } from "./theme.ts";

/** How a line, a square or a bar is drawn. */
export interface Ink {
  color: string;
  dash: number[] | undefined;
}

// Computed apart and as text, which compares by value: neither a zoom nor a run that logs wakes what is coloured.
const said = computed(() => page.value.colourBy);
const paletteText = computed(() => JSON.stringify(shared.value?.palette ?? []));
const ownPalette = computed(() => JSON.parse(paletteText.value) as string[]);
const schemeText = computed(() => JSON.stringify(schemeOf(runs.value, colourBy.value)));

export const colourBy = computed(() => colourByOf(said.value, groupBy.value));
export const scheme = computed(() => JSON.parse(schemeText.value) as Scheme);
export const palette = computed(() => paletteOf(theme.value, ownPalette.value));

export function inkOfSlot(slot: number): Ink {
  return { color: colourOf(slot, theme.value, ownPalette.value), dash: dashOf(slot, palette.value.length) };
}

function inkAt(place: number | null): Ink {
  return { color: place === null ? NO_VALUE : rampAt(place, theme.value), dash: undefined };
}

/** How a run is drawn, here and everywhere. */
export function inkOf(run: Run): Ink {
  if (scheme.value.kind === "ramp") return inkAt(placeOn(scheme.value, valueOf(run, colourBy.value)));
  const slot = slotIn(scheme.value, run, colourBy.value);
  return slot === null ? inkAt(null) : inkOfSlot(slot);
}

interface Members {
  oldest: Run;
  places: number[];
}

const groups = computed(() => {
  const [by, how] = [groupBy.value, scheme.value];
  const found = new Map<string | null, Members>();
  for (const run of by === null ? [] : runs.value) {
    const value = groupValue(run, by!);
    const group = found.get(value) ?? { oldest: run, places: [] };
    found.set(value, group);
    if (run.slot < group.oldest.slot) group.oldest = run;
    const place = how.kind === "ramp" ? placeOn(how, valueOf(run, colourBy.value)) : null;
    if (place !== null) group.places.push(place);
  }
  return found;
});

/** How the mean of a group is drawn: in the group's colour, on a ramp in the middle of its runs, else as its oldest run. */
export function inkOfGroup(value: string | null): Ink {
  const group = groups.value.get(value);
  if (!group) return inkAt(null);
  if (scheme.value.kind !== "ramp") return inkOf(group.oldest);
  const { places } = group;
  return inkAt(places.length > 0 ? places.reduce((a, b) => a + b, 0) / places.length : null);
}
