import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Media } from "../api/types.ts";
import { dragged, transformOf, WHOLE, zoomedAbout } from "../state/media-zoom.ts";
import type { MediaZoom } from "../state/media-zoom.ts";
import { isTiny } from "./tiny.ts";

interface Props {
  media: Media;
  name: string;
  zoom: Signal<MediaZoom>;
  /** Fills what is open over the page: sharp at once, zoomed by every turn of the wheel, all of it seen after a double click. */
  eager?: boolean;
}

const WHEEL = 0.0022;
/** Pixels that a finger may tremble. */
const STILL = 4;
/** So close that each pixel counts. */
const COARSE = 4;

function factorOf(event: WheelEvent): number {
  return Math.exp(-event.deltaY * (event.deltaMode === 1 ? 30 : 1) * WHEEL);
}

/** Follows a pointer that drags the picture; tells whether it went anywhere. */
function follow(frame: HTMLElement, event: PointerEvent, zoom: Signal<MediaZoom>, ended: (far: boolean) => void): void {
  const { width, height } = frame.getBoundingClientRect();
  const start = { x: event.clientX, y: event.clientY, zoom: zoom.peek() };
  let far = false;
  const move = (now: PointerEvent): void => {
    const [dx, dy] = [now.clientX - start.x, now.clientY - start.y];
    far ||= Math.hypot(dx, dy) > STILL;
    if (far && start.zoom.scale > 1) zoom.value = dragged(start.zoom, dx / width, dy / height);
  };
  const end = (): void => {
    frame.removeEventListener("pointermove", move);
    ended(far);
  };
  frame.setPointerCapture(event.pointerId);
  frame.addEventListener("pointermove", move);
  frame.addEventListener("pointerup", end, { once: true });
  frame.addEventListener("pointercancel", end, { once: true });
}

/** An image that zooms and moves together with all others of the same zoom, by wheel and drag; with ctrl, ⌘ or alt where the page scrolls. */
export function ZoomImage({ media, name, zoom, eager = false }: Props) {
  const frame = useRef<HTMLSpanElement>(null);
  /** Whether the pointer went somewhere, so that the click at its end opens nothing. */
  const was = useRef(false);
  const now = zoom.value;
  useEffect(() => {
    const element = frame.current!;
    // By hand: a listener that keeps the page from scrolling must say so.
    const turn = (event: WheelEvent): void => {
      if (!eager && !event.ctrlKey && !event.metaKey && !event.altKey) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      zoom.value = zoomedAbout(zoom.peek(), factorOf(event), { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
    };
    const click = (event: MouseEvent): void => {
      if (was.current) event.stopPropagation();
      was.current = false;
    };
    const reset = (): void => {
      if (eager) zoom.value = WHOLE;
    };
    element.addEventListener("wheel", turn, { passive: false });
    element.addEventListener("click", click);
    element.addEventListener("dblclick", reset);
    return () => {
      element.removeEventListener("wheel", turn);
      element.removeEventListener("click", click);
      element.removeEventListener("dblclick", reset);
    };
  }, [eager, zoom]);
  const close = now.scale > 1;
  const whole = eager || close || isTiny(media);
  const pixelated = isTiny(media) || now.scale >= COARSE;
  return (
    <span
      ref={frame}
      class={close ? "zoom-frame zoom-close" : "zoom-frame"}
      onPointerDown={(event) => {
        if (event.button === 0 && close) follow(frame.current!, event, zoom, (far) => (was.current = far));
      }}
    >
      <img
        class={pixelated ? "tiny" : ""}
        src={(whole ? media.url : (media.thumb ?? media.url)) ?? ""}
        alt={name}
        loading={eager ? "eager" : "lazy"}
        decoding="async"
        draggable={false}
        style={{ transform: transformOf(now) }}
      />
    </span>
  );
}
