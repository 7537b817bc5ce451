import { useEffect, useRef, useState } from "preact/hooks";
import type { Media } from "../api/types.ts";
import { join, playing } from "../state/playback.ts";
import { Icon } from "./icon.tsx";
import { isTiny } from "./tiny.ts";
import { useVisible } from "./use-visible.ts";

interface Props {
  media: Media;
  name: string;
  style: Record<string, string>;
  onEnlarge(): void;
}

/** Does what all others do while it is on screen; its controls come with the pointer or the focus. */
function Player({ media, name }: Pick<Props, "media" | "name">) {
  const video = useRef<HTMLVideoElement>(null);
  const [active, setActive] = useState(false);
  const seen = useVisible(video, "0px");
  const wake = (): void => setActive(true);
  useEffect(() => (seen ? join(video.current!, media.fps, media.duration) : undefined), [seen, media]);
  return (
    <span class="media-player" onPointerEnter={wake} onFocusCapture={wake}>
      <video
        ref={video}
        class={isTiny(media) ? "tiny" : ""}
        src={media.url ?? ""}
        {...(media.poster ? { poster: media.poster } : {})}
        aria-label={name}
        tabIndex={0}
        controls={active}
        loop
        muted
        playsInline
        preload={media.poster ? "none" : "metadata"}
      />
      {!active && !playing.value && (
        <span class="media-play" aria-hidden="true">
          <Icon name="play" />
        </span>
      )}
    </span>
  );
}

/** A video in a gallery; far from the screen only its place. */
export function VideoPlayer({ media, name, style, onEnlarge }: Props) {
  const frame = useRef<HTMLSpanElement>(null);
  const near = useVisible(frame, "600px");
  return (
    <span ref={frame} class="media-video" style={style}>
      {near && <Player media={media} name={name} />}
      <button type="button" class="icon-button small media-expand" title="Enlarge" aria-label={`Enlarge ${name}`} onClick={onEnlarge}>
        <Icon name="expand" />
      </button>
    </span>
  );
}
