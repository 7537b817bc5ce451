import { listenKeys } from "./keys.ts";
import { Pointer } from "./pointer.ts";
import type { Box, View } from "./types.ts";
import type { Walk } from "./walk.ts";

/** Where the reader points: in the chart, and in the window for the tip. */
export interface Spot {
  x: number;
  y: number;
  clientX: number;
  clientY: number;
}

/** What a reader can do with a chart, by whatever means. */
export interface Actions {
  box(): Box | null;
  look(spot: Spot | null): void;
  walk(step: Walk): void;
  /** A rectangle in pixels; null for an axis that it leaves alone. */
  select(rectangle: View): void;
  /** Scales what is shown about pixel `x`, or where the cursor is. */
  zoom(factor: number, x?: number): void;
  /** Moves what is shown by pixels. */
  pan(dx: number, dy: number): void;
  reset(): void;
  back(): void;
  /** Fixes the cursor. */
  pin(): void;
  /** False if nobody has a menu for what is there. */
  menu(spot: Spot): boolean;
  /** False if there was nothing to clear. */
  clear(): boolean;
  other(key: string): boolean;
}

/** Turns what pointers and keys do on a canvas into actions; returns how to stop. */
export function listen(canvas: HTMLCanvasElement, host: HTMLElement, act: Actions): () => void {
  const pointer = new Pointer(canvas, host, {
    box: () => act.box(),
    hover: (x, y, clientX, clientY) => act.look({ x, y, clientX, clientY }),
    leave: () => act.look(null),
    select: (rectangle) => act.select(rectangle),
    click: () => act.pin(),
    menu: (x, y, clientX, clientY) => act.menu({ x, y, clientX, clientY }),
    reset: () => act.reset(),
    zoom: (factor, x) => act.zoom(factor, x),
    pan: (dx, dy) => act.pan(dx, dy),
  });
  const width = (): number => {
    const box = act.box();
    return box ? box.right - box.left : 0;
  };
  const blur = (): void => act.look(null);
  canvas.addEventListener("blur", blur);
  const unlisten = listenKeys(canvas, {
    move: (points) => act.walk({ points }),
    edge: (last) => act.walk({ edge: last ? "last" : "first" }),
    line: (by) => act.walk({ line: by }),
    zoom: (factor) => act.zoom(factor),
    pan: (share) => act.pan(-share * width(), 0),
    reset: () => act.reset(),
    back: () => act.back(),
    pin: () => act.pin(),
    clear: () => pointer.cancel() || act.clear(),
    other: (key) => act.other(key),
  });
  return () => {
    canvas.removeEventListener("blur", blur);
    unlisten();
    pointer.destroy();
  };
}
