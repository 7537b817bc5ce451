import { useState } from "preact/hooks";
import type { Media } from "../api/types.ts";
import { Icon } from "./icon.tsx";
import { isTiny } from "./tiny.ts";

interface Props {
  media: Media;
  name: string;
  style: Record<string, string>;
  onEnlarge(): void;
}

/** A player in a gallery: at rest its poster, and controls once somebody turns to it. */
export function VideoPlayer({ media, name, style, onEnlarge }: Props) {
  const [active, setActive] = useState(false);
  const wake = (): void => setActive(true);
  return (
    <span class="media-video" style={style} onPointerEnter={wake} onFocusCapture={wake}>
      <video
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
      {!active && (
        <span class="media-play" aria-hidden="true">
          <Icon name="play" />
        </span>
      )}
      <button type="button" class="icon-button small media-expand" title="Enlarge" aria-label={`Enlarge ${name}`} onClick={onEnlarge}>
        <Icon name="expand" />
      </button>
    </span>
  );
}
