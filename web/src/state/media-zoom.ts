/** What part of pictures is seen: how much larger they are, and which point of them (0 to 1) is in the middle. */
export interface MediaZoom {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: MediaZoom = { scale: 1, x: 0.5, y: 0.5 };
const CLOSEST = 64;

/** Returns the zoom with its middle where no picture leaves its frame. */
function within({ scale, x, y }: MediaZoom): MediaZoom {
  const half = 0.5 / scale;
  return { scale, x: Math.max(half, Math.min(1 - half, x)), y: Math.max(half, Math.min(1 - half, y)) };
}

/** Returns the zoom so many times closer, what lies at a point of the frame (0 to 1) staying there. */
export function zoomedAbout(zoom: MediaZoom, factor: number, at: { x: number; y: number }): MediaZoom {
  const scale = Math.max(1, Math.min(CLOSEST, zoom.scale * factor));
  const move = (middle: number, place: number): number => middle + (place - 0.5) / zoom.scale - (place - 0.5) / scale;
  return within({ scale, x: move(zoom.x, at.x), y: move(zoom.y, at.y) });
}

/** Returns the zoom after what is seen was dragged by parts of the frame. */
export function dragged(zoom: MediaZoom, dx: number, dy: number): MediaZoom {
  return within({ scale: zoom.scale, x: zoom.x - dx / zoom.scale, y: zoom.y - dy / zoom.scale });
}

export function transformOf(zoom: MediaZoom): string {
  if (zoom.scale === 1) return "none";
  const part = (middle: number): string => `${((0.5 - middle) * 100).toFixed(4)}%`;
  return `scale(${zoom.scale}) translate(${part(zoom.x)}, ${part(zoom.y)})`;
}
