import { longest, play, placeWithin, playing, seek, setSpeed, setTogether, shownPlace, speed, stepFrames, together } from "../state/playback.ts";
import { Icon } from "./icon.tsx";
import { Toggle } from "./toggle.tsx";

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];

/** Plays, moves and paces all videos on screen at once. */
export function PlaybackBar() {
  const on = playing.value;
  const end = longest.value;
  const at = placeWithin(shownPlace.value, end);
  if (end === 0) return null;
  return (
    <div class="playback" data-testid="playback" role="group" aria-label="All videos">
      <Toggle label="Together" title="What is done to one video is done to all" on={together.value} testid="together" onChange={setTogether} />
      {together.value && (
        <>
          <button type="button" class="icon-button small" title="One frame back  ," aria-label="One frame back" onClick={() => stepFrames(-1)}>
            <Icon name="left" />
          </button>
          <button type="button" class="icon-button small" data-testid="play-all" title={on ? "Pause  space" : "Play  space"} aria-label={on ? "Pause all" : "Play all"} onClick={() => play(!on)}>
            <Icon name={on ? "pause" : "play"} />
          </button>
          <button type="button" class="icon-button small" title="One frame on  ." aria-label="One frame on" onClick={() => stepFrames(1)}>
            <Icon name="right" />
          </button>
          <input
            type="range"
            min="0"
            max={end}
            step="any"
            value={at}
            aria-label="Place in all videos"
            aria-valuetext={`${at.toFixed(2)} of ${end.toFixed(2)} seconds`}
            data-testid="seek-all"
            onInput={(event) => seek(event.currentTarget.valueAsNumber)}
          />
          <output class="slider-value">{at.toFixed(2)} s</output>
          <label>
            <span class="unseen">Speed</span>
            <select value={String(speed.value)} data-testid="speed" onChange={(event) => setSpeed(Number(event.currentTarget.value))}>
              {SPEEDS.map((each) => (
                <option key={each} value={String(each)}>
                  {each} ×
                </option>
              ))}
            </select>
          </label>
        </>
      )}
    </div>
  );
}
