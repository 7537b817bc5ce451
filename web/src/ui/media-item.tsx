import type { Media } from "../api/types.ts";
import { openMedia } from "../state/lightbox.ts";
import { galleryZoom } from "../state/media-view.ts";
import { isShown } from "../state/objects.ts";
import type { MediaItem as Item } from "../state/objects.ts";
import { AudioPlayer } from "./audio-player.tsx";
import { plural } from "./format.ts";
import { HtmlFrame } from "./html-frame.tsx";
import { Icon } from "./icon.tsx";
import { ModelFrame } from "./model-frame.tsx";
import { VideoPlayer } from "./video-player.tsx";
import { ZoomImage } from "./zoom-image.tsx";

const HEIGHTS: Record<Media["_type"], number> = { "trackio.image": 160, "trackio.video": 216, "trackio.table": 160, "trackio.trace": 64, "trackio.html": 320, "trackio.audio": 88, "trackio.object3d": 300 };
const WORDS: Record<string, string> = { html: "page", audio: "sound", object3d: "shape" };
const WIDEST = 400;
const DEFAULT_RATIO = 4 / 3;

function sizeOf(media: Media, height: number) {
  const ratio = media.width && media.height ? media.width / media.height : DEFAULT_RATIO;
  const width = Math.max(height / 2, Math.min(WIDEST, height * ratio));
  return { width: `${Math.round(width)}px`, height: `${height}px` };
}

function Pending({ kind, style }: { kind: string; style: Record<string, string> }) {
  return (
    <span class="media-pending" style={style} role="status">
      <span class="media-spin" aria-hidden="true" />
      encoding… <span class="unseen">{kind}</span>
    </span>
  );
}

interface Props {
  item: Item;
  /** Those that lie together with it. */
  all: readonly Item[];
  /** Pixels. */
  height?: number;
  /** In a table's cell, where there are no other steps to turn to. */
  inCell?: boolean;
}

/** One image or video in a gallery or a table's cell, in whatever state it is. */
export function MediaItem({ item, all, height = HEIGHTS[item.media._type], inCell = false }: Props) {
  const { media } = item;
  const kind = media._type.replace("trackio.", "");
  const word = WORDS[kind] ?? kind;
  const style = sizeOf(media, height);
  const name = media.caption ?? `${word} of ${item.key} at step ${item.step}`;
  const open = (): void => openMedia(all, item, !inCell);
  return (
    <figure class="media-item" data-testid="media-item" data-kind={kind} data-state={media.state} data-key={item.key} data-step={item.step} data-media={media.id}>
      {media.state === "pending" && <Pending kind={word} style={style} />}
      {media.state === "failed" && (
        <span class="media-failed" role="alert" style={{ minHeight: style.height }}>
          <Icon name="warn" />
          <b>This {word} could not be stored</b>
          <span>{media.error ?? "no reason given"}</span>
        </span>
      )}
      {media.state === "ready" && kind === "image" && (
        <button type="button" class="media-open" style={style} title={name} onClick={open}>
          <ZoomImage media={media} name={name} zoom={galleryZoom} />
        </button>
      )}
      {media.state === "ready" && kind === "video" && (
        <VideoPlayer media={media} name={name} style={style} onEnlarge={open} />
      )}
      {media.state === "ready" && kind === "audio" && <AudioPlayer media={media} name={name} small={inCell} />}
      {media.state === "ready" && kind === "object3d" && !inCell && <ModelFrame media={media} name={name} height={height} onEnlarge={open} />}
      {media.state === "ready" && kind === "object3d" && inCell && (
        <button type="button" class="button" title={name} onClick={open}>
          Open shape
        </button>
      )}
      {media.state === "ready" && kind === "html" && <HtmlFrame media={media} name={name} height={height} onEnlarge={open} />}
      {media.state === "ready" && !isShown(media) && <span class="chip">{plural(media.rows ?? 0, kind === "trace" ? "trace" : "row")}</span>}
      {media.caption && <figcaption title={media.caption} style={kind === "image" || kind === "video" ? { maxWidth: style.width } : { width: "0", minWidth: "100%" }}>{media.caption}</figcaption>}
    </figure>
  );
}
