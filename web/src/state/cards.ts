import { computed } from "@preact/signals";
import { page, project } from "./address.ts";
import { cardsOf, NO_CARDS_VIEW } from "./cards-view.ts";
import type { CardsView } from "./cards-view.ts";
import { SIGN } from "./formula-text.ts";
import { matching } from "./matching.ts";
import { axisNames } from "./metrics.ts";
import { sections } from "./sections.ts";
import { settings } from "./settings.ts";
import { plotOrder } from "./shared.ts";

// As text, which compares by value: a zoom is in the address, too.
const saidText = computed(() => {
  const { merged, mergeBy, order, formulas } = page.value;
  const said = merged.length > 0 || mergeBy !== "" || order.length > 0 || formulas.length > 0;
  return JSON.stringify(said ? { merged, mergeBy, order, formulas } : null);
});
const own = computed(() => JSON.stringify({ ...NO_CARDS_VIEW, ...settings.value.cards[project.value ?? ""] }));
/** How charts share cards: as the address says it, or else as this reader has it. */
export const cardsView = computed(() => (JSON.parse(saidText.value) ?? JSON.parse(own.value)) as CardsView);

const groups = matching(
  computed(() => ({ source: cardsView.value.mergeBy, flags: "" })),
  axisNames,
);
/** What is wrong with the pattern by which charts share cards, if anything. */
export const mergeFault = computed(() => groups.value.fault);
/** Names of the metrics that are worked out of others. */
export const formulaNames = computed(() => cardsView.value.formulas.map((text) => SIGN + text));
const cards = computed(() => cardsOf([...axisNames.value, ...formulaNames.value], cardsView.value.merged, groups.value.hits));
const seconds = computed(() => new Set([...cards.value.values()].flatMap((metrics) => metrics.slice(1))));

/** Returns all metrics on the card that a metric names. */
export function metricsOn(metric: string): readonly string[] {
  return cards.value.get(metric) ?? [metric];
}

/** Returns the names that have cards of their own. */
export function namesOfCards(names: readonly string[]): string[] {
  return names.filter((name) => !seconds.value.has(name));
}

/** Returns the sections of charts, each with its cards in order. */
export function chartSections(names: readonly string[]): ReturnType<typeof sections> {
  return sections(namesOfCards(names), plotOrder.value, cardsView.value.order);
}
