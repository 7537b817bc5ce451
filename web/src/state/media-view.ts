import { computed, signal } from "@preact/signals";
import { page, project, show, tab } from "./address.ts";
import type { Arrangement } from "./media-address.ts";
import { WHOLE } from "./media-zoom.ts";
import type { MediaZoom } from "./media-zoom.ts";

/** The step that all media are shown at; null follows the newest. */
export const pageStep = computed(() => page.value.step);
export const arrangement = computed<Arrangement>(() => page.value.media);

/** The step that one key is shown at, its own before the page's. */
export function stepOf(key: string): number | null {
  const own = page.value.ownSteps.get(key);
  return own === undefined ? pageStep.value : own;
}

export function hasOwnStep(key: string): boolean {
  return page.value.ownSteps.has(key);
}

/** Shows a key at a step of its own; undefined: at the page's again. */
export function setOwnStep(key: string, step: number | null | undefined): void {
  const ownSteps = new Map(page.peek().ownSteps);
  if (step === undefined) ownSteps.delete(key);
  else ownSteps.set(key, step);
  show({ ownSteps });
}

export function setPageStep(step: number | null): void {
  show({ step });
}

/** What part of all images of the page is seen. */
export const galleryZoom = signal<MediaZoom>(WHOLE);

// Elsewhere nothing tells that only a part is seen.
for (const place of [project, tab]) {
  place.subscribe(() => {
    galleryZoom.value = WHOLE;
  });
}
