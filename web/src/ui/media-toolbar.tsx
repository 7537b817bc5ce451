import { useEffect, useRef } from "preact/hooks";
import { show } from "../state/address.ts";
import { stepsIn } from "../state/logged.ts";
import { stepBy } from "../state/media-address.ts";
import type { Arrangement } from "../state/media-address.ts";
import { arrangement, galleryZoom, pageStep, setPageStep } from "../state/media-view.ts";
import { WHOLE } from "../state/media-zoom.ts";
import { MEDIA_KINDS, mediaKeys } from "../state/metrics.ts";
import { play, playing, stepFrames } from "../state/playback.ts";
import { settings } from "../state/settings.ts";
import { Icon } from "./icon.tsx";
import { PlaybackBar } from "./playback-bar.tsx";
import { StepSlider } from "./step-slider.tsx";
import { useLogged, useShownIds } from "./use-logged.ts";

const ARRANGEMENTS: Record<Arrangement, [string, string]> = {
  runs: ["Runs", "Each run at one step"],
  steps: ["Runs × steps", "A row per run, over the steps"],
  keys: ["Runs × keys", "A row per run, all keys at one step"],
};

/** Keys that are at work in what has the focus. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return Boolean((event.target as HTMLElement | null)?.closest("input, select, textarea, [contenteditable], dialog, [popover], video, .media-scroll, .table-scroll"));
}

function keysOf(steps: readonly number[]): Record<string, (event: KeyboardEvent) => void> {
  const go = (by: number): void => setPageStep(stepBy(steps, pageStep.peek(), by));
  return {
    ArrowLeft: (event) => go(event.shiftKey ? -10 : -1),
    ArrowRight: (event) => go(event.shiftKey ? 10 : 1),
    Home: () => setPageStep(steps[0] ?? null),
    End: () => setPageStep(null),
    ",": () => stepFrames(-1),
    ".": () => stepFrames(1),
    "0": () => (galleryZoom.value = WHOLE),
  };
}

function useKeys(steps: readonly number[]): void {
  const now = useRef(steps);
  now.current = steps;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isElsewhere(event) || (event.key.length === 1 && !settings.peek().keys)) return;
      const onButton = (event.target as HTMLElement | null)?.closest("button, a");
      if (event.key === " " && !onButton) play(!playing.peek());
      else if (event.key in keysOf([])) keysOf(now.current)[event.key]!(event);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

/** How media are laid out, the step of them all, how close they are seen, and what videos do. */
export function MediaToolbar() {
  const runs = useShownIds();
  const keys = mediaKeys.value;
  const steps = useLogged({ runs, ...(keys.length === 1 ? { key: keys[0]! } : { kinds: MEDIA_KINDS }) }, true, stepsIn).found ?? [];
  useKeys(steps);
  const closer = galleryZoom.value.scale;
  return (
    <div class="toolbar" role="toolbar" aria-label="Media">
      <div class="segments" role="group" aria-label="Layout">
        {(Object.keys(ARRANGEMENTS) as Arrangement[]).map((each) => (
          <button
            key={each}
            type="button"
            class={arrangement.value === each ? "chosen" : ""}
            aria-pressed={arrangement.value === each}
            title={ARRANGEMENTS[each][1]}
            data-testid={`media-${each}`}
            onClick={() => show({ media: each })}
          >
            {ARRANGEMENTS[each][0]}
          </button>
        ))}
      </div>
      <div data-testid="page-step">
        <StepSlider steps={steps} step={pageStep.value} label="all media" onChange={setPageStep} />
      </div>
      {closer > 1 && (
        <button type="button" class="toggle" data-testid="media-whole" title="See whole images again  0" onClick={() => (galleryZoom.value = WHOLE)}>
          {closer.toFixed(1)} × <Icon name="reset" />
        </button>
      )}
      <PlaybackBar />
    </div>
  );
}
