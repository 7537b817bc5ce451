import { useEffect, useRef, useState } from "preact/hooks";
import { theme } from "../state/theme.ts";
import { loudnessOf } from "../state/sound.ts";

const BAR = 2;
const GAP = 1;

interface Size {
  width: number;
  height: number;
}

function useSize(element: { current: HTMLElement | null }): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setSize({ width, height });
    });
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** The outline of a sound as bars, what was played in another colour; a line until it is there. */
export function Waveform({ peaks, played }: { peaks: Int8Array | null; played: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(canvas);
  const dark = theme.value;
  useEffect(() => {
    const board = canvas.current!;
    const pen = board.getContext("2d");
    if (!pen || width === 0) return;
    const ratio = devicePixelRatio;
    board.width = Math.round(width * ratio);
    board.height = Math.round(height * ratio);
    pen.scale(ratio, ratio);
    const style = getComputedStyle(board);
    const [before, after] = [style.getPropertyValue("--accent"), style.getPropertyValue("--line-strong")];
    const bars = Math.max(1, Math.floor(width / (BAR + GAP)));
    for (const [at, [low, high]] of loudnessOf(peaks, bars).entries()) {
      pen.fillStyle = at / bars < played ? before : after;
      const top = ((1 - high) * height) / 2;
      pen.fillRect(at * (BAR + GAP), Math.min(top, height / 2 - 0.5), BAR, Math.max(1, ((high - low) * height) / 2));
    }
  }, [peaks, played, width, height, dark]);
  return <canvas ref={canvas} class="waveform" aria-hidden="true" />;
}
