import type { Signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { formatStep } from "../chart/index.ts";
import { comparison } from "../state/lightbox.ts";
import type { Comparison } from "../state/lightbox.ts";
import type { MediaZoom } from "../state/media-zoom.ts";
import type { MediaItem } from "../state/objects.ts";
import { runOf } from "../state/runs.ts";
import { ZoomImage } from "./zoom-image.tsx";

interface Props {
  before: MediaItem;
  after: MediaItem;
  zoom: Signal<MediaZoom>;
}

const WAYS: Record<Comparison, string> = { wipe: "Wipe", difference: "Difference", beside: "Side by side" };
const GAINS = [1, 4, 16];

function nameOf({ run, key, step }: MediaItem): string {
  return `${runOf(run)?.name ?? run}, ${key}, step ${formatStep(step)}`;
}

function Picture({ item, zoom }: { item: MediaItem; zoom: Signal<MediaZoom> }) {
  return <ZoomImage media={item.media} name={item.media.caption ?? nameOf(item)} zoom={zoom} eager />;
}

/** Two images held against each other, zoomed together. */
export function ImageComparison({ before, after, zoom }: Props) {
  const [wipe, setWipe] = useState(50);
  const [gain, setGain] = useState(1);
  const way = comparison.value;
  // Where the middle of the slider's thumb is.
  const edge = `calc(8px + (100% - 16px) * ${wipe / 100})`;
  return (
    <div class={`comparison comparison-${way}`} data-testid="comparison" data-way={way}>
      <div class="comparison-stage" style={way === "difference" ? { filter: `brightness(${gain})` } : {}}>
        <Picture item={before} zoom={zoom} />
        <div class="comparison-over" style={way === "wipe" ? { clipPath: `inset(0 0 0 ${edge})` } : {}}>
          <Picture item={after} zoom={zoom} />
        </div>
        {way === "wipe" && (
          <>
            <span class="comparison-edge" style={{ left: edge }} aria-hidden="true" />
            <input
              type="range"
              class="comparison-slider"
              min="0"
              max="100"
              step="0.1"
              value={wipe}
              aria-label="Wipe"
              data-testid="wipe"
              onInput={(event) => setWipe(event.currentTarget.valueAsNumber)}
            />
          </>
        )}
      </div>
      <div class="comparison-foot">
        <span class="ellipsis" title={nameOf(before)}>
          {nameOf(before)}
        </span>
        <div class="segments" role="group" aria-label="Compared by">
          {(Object.keys(WAYS) as Comparison[]).map((each) => (
            <button key={each} type="button" class={each === way ? "chosen" : ""} aria-pressed={each === way} data-testid={`compare-${each}`} onClick={() => (comparison.value = each)}>
              {WAYS[each]}
            </button>
          ))}
        </div>
        {way === "difference" && (
          <label>
            <span class="unseen">Amplified</span>
            <select value={String(gain)} onChange={(event) => setGain(Number(event.currentTarget.value))}>
              {GAINS.map((each) => (
                <option key={each} value={String(each)}>
                  {each} ×
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="ellipsis comparison-after" title={nameOf(after)}>
          {nameOf(after)}
        </span>
      </div>
    </div>
  );
}
