import { fetchFormula } from "../api/client.ts";
import { project, show } from "./address.ts";
import { joined, reordered } from "./card-order.ts";
import { cardsView, chartSections, metricsOn } from "./cards.ts";
import type { CardsView } from "./cards-view.ts";
import { SIGN } from "./formula-text.ts";
import { scalarNames } from "./metrics.ts";
import { pinnedMetrics, setPinned } from "./pinned.ts";
import { set, settings } from "./settings.ts";

/** Whether a card was merged by hand, and can be taken apart. */
export function mergedByHand(metric: string): boolean {
  return cardsView.value.merged.some((names) => names.includes(metric));
}

function change(part: Partial<CardsView>): void {
  const next = { ...cardsView.peek(), ...part };
  set({ cards: { ...settings.peek().cards, [project.peek() ?? ""]: next } });
  show(next);
}

export function merge(into: string, other: string): void {
  change({ merged: joined(cardsView.peek().merged, metricsOn(into), metricsOn(other)) });
}

/** Gives each metric that was merged into a card its own again. */
export function takeApart(metric: string): void {
  change({ merged: cardsView.peek().merged.filter((names) => !names.includes(metric)) });
}

/** Adds a metric that is worked out of others; throws ApiError where it cannot be read. */
export async function addFormula(text: string): Promise<void> {
  await fetchFormula(text);
  change({ formulas: [...new Set([...cardsView.peek().formulas, text])] });
}

export function removeFormula(metric: string): void {
  change({ formulas: cardsView.peek().formulas.filter((text) => SIGN + text !== metric) });
}

export function setMergeBy(pattern: string): void {
  change({ mergeBy: pattern });
}

function sectionOf(metric: string): readonly string[] {
  if (pinnedMetrics.peek().includes(metric)) return pinnedMetrics.peek();
  const free = scalarNames.peek().filter((name) => !pinnedMetrics.peek().includes(name));
  return chartSections(free).find(({ names }) => names.includes(metric))?.names ?? [];
}

/** Whether a card has others beside it that it can change places with. */
export function isMovable(metric: string): boolean {
  return sectionOf(metric).length > 1;
}

/** Whether two cards are in the same section, in which they can change places. */
export function besideEachOther(one: string, other: string): boolean {
  return sectionOf(one).includes(other);
}

/** Puts a card before another one of its section, or behind it. */
export function place(moved: string, target: string, behind: boolean): void {
  const section = sectionOf(moved);
  if (moved === target || !section.includes(target)) return;
  if (pinnedMetrics.peek().includes(moved)) return setPinned(reordered(section, section, moved, target, behind));
  change({ order: reordered(cardsView.peek().order, section, moved, target, behind) });
}

/** Moves a card one place on or back; tells whether there was one. */
export function step(metric: string, by: 1 | -1): boolean {
  const section = sectionOf(metric);
  const target = section[section.indexOf(metric) + by];
  if (target !== undefined) place(metric, target, by > 0);
  return target !== undefined;
}
