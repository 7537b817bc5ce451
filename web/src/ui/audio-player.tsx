import "../styles/audio-player.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { fetchPeaks } from "../api/peaks.ts";
import type { Media } from "../api/types.ts";
import { clock, seekKey } from "../state/sound.ts";
import { Icon } from "./icon.tsx";
import { useVisible } from "./use-visible.ts";
import { Waveform } from "./waveform.tsx";

interface Props {
  media: Media;
  name: string;
  /** In a table's cell. */
  small?: boolean;
}

/** The one that plays: another that begins has it stop. */
let playing: HTMLAudioElement | null = null;

interface Playback {
  sound: HTMLAudioElement;
  on: boolean;
  failed: boolean;
}

/** What plays a sound; nothing of it is fetched before. */
function usePlayback(url: string): Playback {
  const sound = useMemo(() => Object.assign(new Audio(), { preload: "none", src: url }), [url]);
  const [on, setOn] = useState(false);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const told = new AbortController();
    const when = (name: string, act: () => void): void => sound.addEventListener(name, act, { signal: told.signal });
    when("play", () => {
      if (playing !== sound) playing?.pause();
      playing = sound;
      setOn(true);
    });
    when("pause", () => setOn(false));
    when("error", () => setFailed(true));
    return () => {
      told.abort();
      sound.pause();
    };
  }, [sound]);
  return { sound, on, failed };
}

function usePeaks(url: string | null | undefined, seen: boolean): Int8Array | null {
  const [peaks, setPeaks] = useState<Int8Array | null>(null);
  useEffect(() => {
    if (!url || !seen) return undefined;
    const abort = new AbortController();
    // Without its outline, sound can be played all the same.
    fetchPeaks(url, abort.signal).then(setPeaks, () => {});
    return () => abort.abort();
  }, [url, seen]);
  return peaks;
}

/** A sound: its outline, where it is played, sought in and stopped by pointer and keys. */
export function AudioPlayer({ media, name, small = false }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const seen = useVisible(box);
  const peaks = usePeaks(media.peaks, seen);
  const { sound, on, failed } = usePlayback(media.url ?? "");
  const [at, setAt] = useState(0);
  const whole = media.duration ?? 0;
  const seek = (seconds: number): void => {
    const to = Math.max(0, Math.min(whole, seconds));
    sound.currentTime = to;
    setAt(to);
  };
  const toggle = (): void => {
    if (on) sound.pause();
    // Whatever keeps it from playing is told by its error.
    else void sound.play().catch(() => {});
  };
  useEffect(() => {
    if (!on) return undefined;
    let frame = 0;
    const follow = (): void => {
      setAt(sound.currentTime);
      frame = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(frame);
  }, [on, sound]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = seekKey(event.key, at, whole);
    if (to === null && event.key !== " ") return;
    if (to === null) toggle();
    else seek(to);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={box} class={`audio${small ? " audio-small" : ""}`} data-testid="audio" data-on={on} role="group" aria-label={name}>
      <button type="button" class="audio-play" aria-label={on ? `Pause ${name}` : `Play ${name}`} onClick={toggle}>
        <Icon name={on ? "pause" : "play"} />
      </button>
      <div
        class="audio-wave"
        role="slider"
        tabIndex={0}
        aria-label={`Place in ${name}`}
        aria-valuemin={0}
        aria-valuemax={whole}
        aria-valuenow={at}
        aria-valuetext={`${clock(at)} of ${clock(whole)}`}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          seek(((event.clientX - left) / width) * whole);
        }}
      >
        <Waveform peaks={peaks} played={whole > 0 ? at / whole : 0} />
      </div>
      <span class="audio-time">{failed ? "cannot be played" : `${clock(at)} / ${clock(whole)}`}</span>
      {!small && (
        <a class="icon-button small" href={media.url ?? ""} download title="Save" aria-label={`Save ${name}`}>
          <Icon name="download" />
        </a>
      )}
    </div>
  );
}
