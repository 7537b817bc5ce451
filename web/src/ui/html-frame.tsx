import "../styles/frame.css";
import "../styles/html-frame.css";
import { useRef, useState } from "preact/hooks";
import type { Media } from "../api/types.ts";
import { Icon } from "./icon.tsx";
import { useVisible } from "./use-visible.ts";

/** Of what can be read, in pixels. */
const LEAST = 100;
/** Per pixel of height. */
const WIDTH = 1.7;
/** What pages are laid out for; a lower one is a picture of it, made smaller. */
const NATURAL = 320;

function sizeOf(height: number) {
  const side = `${Math.round(NATURAL * WIDTH)}px`;
  return height < NATURAL ? { width: side, height: `${NATURAL}px`, transform: `scale(${height / NATURAL})`, transformOrigin: "0 0" } : {};
}

interface Props {
  media: Media;
  name: string;
  /** Pixels; a low one is only a button that opens it. Without any, it fills what it stands in. */
  height?: number;
  /** Shows it over the page. */
  onEnlarge?(): void;
}

/**
 * A logged page in a frame from which nothing can be reached. A figure is drawn by its library as soon as it is seen; the scripts of a page
 * run when somebody asks for them.
 */
export function HtmlFrame({ media, name, height, onEnlarge }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const seen = useVisible(box);
  const [asked, setAsked] = useState(false);
  const live = asked || media.format === "plotly";
  if (height !== undefined && height < LEAST) {
    return (
      <button type="button" class="button" title={name} onClick={onEnlarge}>
        Open page
      </button>
    );
  }
  return (
    <div ref={box} class="frame html-frame" style={height === undefined ? {} : { height: `${height}px`, width: `min(${Math.round(height * WIDTH)}px, 82vw)` }}>
      {seen && (
        <iframe
          key={String(live)}
          src={live ? `${media.page}/live` : (media.page ?? "")}
          sandbox={live ? "allow-scripts" : ""}
          title={name}
          data-testid="html-frame"
          style={sizeOf(height ?? NATURAL)}
          referrerpolicy="no-referrer"
        />
      )}
      <div class="frame-tools">
        {!live && media.scripts && (height ?? NATURAL) >= NATURAL && (
          <button type="button" class="button" data-testid="run-scripts" title="They stay in this frame, without network" onClick={() => setAsked(true)}>
            <Icon name="play" /> Run scripts
          </button>
        )}
        {onEnlarge && (
          <button type="button" class="icon-button small" title="Enlarge" aria-label={`Enlarge ${name}`} onClick={onEnlarge}>
            <Icon name="expand" />
          </button>
        )}
      </div>
    </div>
  );
}
