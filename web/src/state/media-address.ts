/** How media are laid out: a strip per run, a row per run over its steps, or a row per run over all keys. */
export type Arrangement = "runs" | "steps" | "keys";

/** What an address says about the media page. */
export interface MediaView {
  media: Arrangement;
  /** null follows the newest. */
  step: number | null;
  /** Of keys that are shown at a step of their own. */
  ownSteps: ReadonlyMap<string, number | null>;
}

const NEWEST = "newest";

function stepOf(text: string | null): number | null {
  const value = text === null || text === "" ? Number.NaN : Number(text);
  return Number.isInteger(value) ? value : null;
}

function ownStepsOf(texts: readonly string[]): ReadonlyMap<string, number | null> {
  const steps = new Map<string, number | null>();
  for (const text of texts) {
    const colon = text.lastIndexOf(":");
    const [key, step] = [text.slice(0, colon), text.slice(colon + 1)];
    if (colon > 0 && (step === NEWEST || stepOf(step) !== null)) steps.set(key, stepOf(step));
  }
  return steps;
}

export function parseMediaView(fields: URLSearchParams): MediaView {
  const media = fields.get("media");
  return {
    media: media === "steps" || media === "keys" ? media : "runs",
    step: stepOf(fields.get("step")),
    ownSteps: ownStepsOf(fields.getAll("own_step")),
  };
}

export function mediaViewFields(view: MediaView): Record<string, string | readonly string[] | null> {
  return {
    media: view.media === "runs" ? null : view.media,
    step: view.step === null ? null : String(view.step),
    own_step: [...view.ownSteps].map(([key, step]) => `${key}:${step ?? NEWEST}`),
  };
}

/** Returns the place among `steps` of what is shown at `step`: the last at or before it; -1 where there is none. */
export function placeOf(steps: readonly number[], step: number | null): number {
  return step === null ? steps.length - 1 : steps.findLastIndex((each) => each <= step);
}

/** Returns where one gets by so many places; null at the end, which follows what is still being logged. */
export function stepBy(steps: readonly number[], step: number | null, by: number): number | null {
  const to = Math.max(0, placeOf(steps, step) + by);
  return to >= steps.length - 1 ? null : steps[to]!;
}
