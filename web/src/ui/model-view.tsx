import "../styles/frame.css";
import "../styles/model-view.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import type { Media } from "../api/types.ts";
import { closer, facing, lookOf, moved, turned } from "../model/camera.ts";
import type { Camera, Up } from "../model/camera.ts";
import { boxOf, NotDrawn } from "../model/geometry.ts";
import type { Geometry } from "../model/geometry.ts";
import { readModel } from "../model/read.ts";
import { Renderer } from "../model/renderer.ts";
import { plural } from "./format.ts";
import { Icon } from "./icon.tsx";
import { useVisible } from "./use-visible.ts";

const KEY_TURN = 0.15;
const KEY_CLOSER = 1.2;
const WHEEL = 0.0015;

interface Props {
  media: Media;
  name: string;
  /** Pixels; without any, it fills what it stands in. */
  height?: number;
  onEnlarge?(): void;
}

/** In these, y points up; in what measures the world, z does. */
function upIn(mime: string): Up {
  return mime === "model/ply" || mime === "model/stl" ? "z" : "y";
}

function useGeometry(media: Media, seen: boolean): { geometry: Geometry | null; error: string | null } {
  const [geometry, setGeometry] = useState<Geometry | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { url, mime } = media;
  useEffect(() => {
    if (!seen || !url || !mime) return undefined;
    const abort = new AbortController();
    ask(url, { signal: abort.signal })
      .then(async (reply) => readModel(mime, new Uint8Array(await reply.arrayBuffer())))
      .then(setGeometry, (reason: unknown) => {
        if (abort.signal.aborted) return;
        // What a reader did not foresee is a file that is not whole.
        setError(reason instanceof RangeError ? "the file is damaged" : reason instanceof Error ? reason.message : String(reason));
        if (!(reason instanceof NotDrawn || reason instanceof RangeError)) console.warn(reason);
      });
    return () => abort.abort();
  }, [url, mime, seen]);
  useEffect(() => (geometry ? () => Renderer.shared()?.free(geometry) : undefined), [geometry]);
  return { geometry, error };
}

/** A canvas as large as it is shown, in pixels of the screen. */
function useCanvas(draw: (pen: CanvasRenderingContext2D) => void) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = useRef(draw);
  now.current = draw;
  const frame = useRef(0);
  const redraw = (): void => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      const pen = canvas.current?.getContext("2d");
      if (pen) now.current(pen);
    });
  };
  useEffect(() => {
    const board = canvas.current!;
    const observer = new ResizeObserver(() => {
      board.width = Math.round(board.clientWidth * devicePixelRatio);
      board.height = Math.round(board.clientHeight * devicePixelRatio);
      redraw();
    });
    observer.observe(board);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, []);
  useEffect(redraw);
  return canvas;
}

const KEYS: Record<string, (camera: Camera) => Camera> = {
  ArrowLeft: (camera) => turned(camera, KEY_TURN, 0),
  ArrowRight: (camera) => turned(camera, -KEY_TURN, 0),
  ArrowUp: (camera) => turned(camera, 0, KEY_TURN),
  ArrowDown: (camera) => turned(camera, 0, -KEY_TURN),
  "+": (camera) => closer(camera, KEY_CLOSER),
  "=": (camera) => closer(camera, KEY_CLOSER),
  "-": (camera) => closer(camera, 1 / KEY_CLOSER),
};

/** Turns with one pointer (moves with Shift), comes closer with two. */
function usePointers(change: (act: (camera: Camera) => Camera) => void) {
  const down = useRef(new Map<number, { x: number; y: number }>());
  const spread = (): number => {
    const [a, b] = [...down.current.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  return {
    onPointerDown(event: PointerEvent): void {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      down.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove(event: PointerEvent): void {
      const before = down.current.get(event.pointerId);
      if (!before) return;
      const [x, y] = [event.clientX - before.x, event.clientY - before.y];
      const apart = spread();
      down.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      const { clientHeight } = event.currentTarget as HTMLElement;
      const now = spread();
      if (down.current.size === 2 && apart > 0) change((camera) => closer(camera, now / apart));
      else if (event.shiftKey) change((camera) => moved(camera, x / clientHeight, y / clientHeight));
      else change((camera) => turned(camera, (-x / clientHeight) * Math.PI, (y / clientHeight) * Math.PI));
    },
    onPointerUp(event: PointerEvent): void {
      down.current.delete(event.pointerId);
    },
    onPointerCancel(event: PointerEvent): void {
      down.current.delete(event.pointerId);
    },
  };
}

function amount(media: Media, geometry: Geometry): string {
  const vertices = geometry.positions.length / 3;
  if (geometry.triangles) return plural(geometry.triangles.length / 3, "triangle");
  const of = media.points && media.points > vertices ? ` of ${media.points.toLocaleString("en-US")}` : "";
  return `${vertices.toLocaleString("en-US")}${of} points`;
}

/** A cloud or a model, turned by pointer and keys; what is not drawn of it is told. */
export function ModelView({ media, name, height, onEnlarge }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const seen = useVisible(box);
  const { geometry, error } = useGeometry(media, seen);
  const [camera, setCamera] = useState<Camera | null>(null);
  const fitted = geometry && (camera ?? facing(boxOf(geometry), upIn(media.mime ?? "")));
  const [absent] = useState(() => Renderer.shared() === null);
  const canvas = useCanvas((pen) => {
    if (!geometry || !fitted) return;
    const look = lookOf(fitted, pen.canvas.width / Math.max(1, pen.canvas.height));
    Renderer.shared()?.draw(geometry, look, fitted.size, pen);
  });
  const change = (act: (camera: Camera) => Camera): void => {
    if (fitted) setCamera((before) => act(before ?? fitted));
  };
  const pointers = usePointers(change);
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = KEYS[event.key];
    if (act) change(act);
    else if (event.key === "0") setCamera(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const problem = absent ? "This browser cannot draw in space (WebGL 2 is off)." : error && `This shape is not drawn: ${error}.`;
  const left = geometry?.left ?? [];
  return (
    <div ref={box} class="frame model" style={height === undefined ? {} : { height: `${height}px`, width: `min(${Math.round(height * 1.3)}px, 84vw)` }} data-testid="model" data-drawn={Boolean(geometry && !problem)}>
      <canvas
        ref={canvas}
        role="img"
        tabIndex={0}
        aria-label={`${name}${geometry ? `, ${amount(media, geometry)}` : ""}. Arrow keys turn it, plus and minus zoom, 0 shows all of it.`}
        {...pointers}
        onKeyDown={onKeyDown}
        onWheel={(event) => {
          // In a page that scrolls, only for who has chosen it.
          if (document.activeElement !== event.currentTarget && onEnlarge) return;
          event.preventDefault();
          change((before) => closer(before, Math.exp(-event.deltaY * WHEEL)));
        }}
      />
      {problem && (
        <p class="model-problem">
          {problem}{" "}
          <a href={media.url ?? ""} download>
            Download it
          </a>
        </p>
      )}
      {!problem && geometry && (
        <p class="model-note">
          {amount(media, geometry)}
          {left.length > 0 && <span title={left.join("\n")}> · {left.join("; ")}</span>}
        </p>
      )}
      <span class="frame-tools">
        {fitted && (
          <button type="button" class="button" title="Which axis points up" onClick={() => setCamera({ ...fitted, up: fitted.up === "y" ? "z" : "y" })}>
            {fitted.up} up
          </button>
        )}
        {onEnlarge && (
          <button type="button" class="icon-button small" title="Enlarge" aria-label={`Enlarge ${name}`} onClick={onEnlarge}>
            <Icon name="expand" />
          </button>
        )}
      </span>
    </div>
  );
}
