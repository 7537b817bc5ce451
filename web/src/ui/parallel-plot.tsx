import { useEffect, useRef, useState } from "preact/hooks";
import type { Run } from "../api/types.ts";
import { hoveredRun } from "../state/shown.ts";
import { NO_VALUE, rampAt } from "../state/ramp.ts";
import type { Dimension } from "../state/sweep.ts";
import { theme } from "../state/theme.ts";

type Part = readonly [number, number];

interface Props {
  runs: readonly Run[];
  /** The last one is the outcome, which lines are coloured by. */
  dimensions: readonly Dimension[];
  inside: readonly boolean[];
  parts: ReadonlyMap<string, Part>;
  onPart(id: string, part: Part | null): void;
}

const TOP = 44;
const BOTTOM = 16;
const SIDE = 72;
const NEAR = 12;
const CLICK = 0.015;
const END = 0.03;
/** Closer together, axes hide each other's names. */
const APART = 104;
const TITLE_WIDTH = 136;
const TITLE_GAP = 8;

interface Size {
  width: number;
  height: number;
}

const across = (axis: number, count: number, { width }: Size): number => SIDE + (axis * (width - 2 * SIDE)) / Math.max(1, count - 1);
const down = (place: number, { height }: Size): number => height - BOTTOM - place * (height - TOP - BOTTOM);

/** How wide a name can be without touching the next one. */
const titleWidth = (count: number, size: Size): number => Math.min(TITLE_WIDTH, across(1, count, size) - across(0, count, size) - TITLE_GAP);

function trace(ctx: CanvasRenderingContext2D, dimensions: readonly Dimension[], run: number, size: Size): void {
  ctx.beginPath();
  dimensions.forEach(({ places }, axis) => {
    const place = places[run];
    if (place === null || place === undefined) return;
    ctx.lineTo(across(axis, dimensions.length, size), down(place, size));
  });
  ctx.stroke();
}

function draw(ctx: CanvasRenderingContext2D, { runs, dimensions, inside }: Props, size: Size, lit: string | null): void {
  const ratio = window.devicePixelRatio || 1;
  ctx.canvas.width = Math.round(size.width * ratio);
  ctx.canvas.height = Math.round(size.height * ratio);
  ctx.scale(ratio, ratio);
  const outcome = dimensions.at(-1)!;
  const style = (run: number): string => {
    const place = outcome.places[run];
    return place === null || place === undefined ? NO_VALUE : rampAt(place, theme.value);
  };
  const order = runs.map((_, run) => run).sort((a, b) => Number(inside[a]) - Number(inside[b]));
  for (const run of order) {
    ctx.strokeStyle = style(run);
    ctx.lineWidth = 1.25;
    ctx.globalAlpha = !inside[run] ? 0.08 : lit === null ? 0.75 : 0.25;
    trace(ctx, dimensions, run, size);
  }
  const found = runs.findIndex((run) => run.id === lit);
  if (found < 0) return;
  ctx.globalAlpha = 1;
  ctx.lineWidth = 3;
  ctx.strokeStyle = style(found);
  trace(ctx, dimensions, found, size);
}

/** The run whose line passes closest to a place, if any is close. */
function nearest({ runs, dimensions, inside }: Props, size: Size, x: number, y: number): string | null {
  const count = dimensions.length;
  const axis = Math.min(count - 2, Math.max(0, Math.floor(((x - SIDE) / (size.width - 2 * SIDE)) * (count - 1))));
  const share = (x - across(axis, count, size)) / (across(axis + 1, count, size) - across(axis, count, size));
  let best: string | null = null;
  let least = NEAR;
  runs.forEach((run, i) => {
    const [a, b] = [dimensions[axis]!.places[i], dimensions[axis + 1]!.places[i]];
    if (!inside[i] || a === null || a === undefined || b === null || b === undefined) return;
    const distance = Math.abs(down(a + (b - a) * share, size) - y);
    if (distance < least) [least, best] = [distance, run.id];
  });
  return best;
}

/** One line per run through all axes; a drag along an axis keeps the runs that pass there. */
export function ParallelPlot(props: Props) {
  const { dimensions, parts, onPart } = props;
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const lit = hoveredRun.value;
  useEffect(() => {
    const { current: box } = host;
    const observer = new ResizeObserver(() => setSize({ width: box!.clientWidth, height: box!.clientHeight }));
    observer.observe(box!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const ctx = canvas.current?.getContext("2d");
    if (ctx && size.width > 2 * SIDE) draw(ctx, props, size, lit);
  });
  return (
    <div class="parallel-room">
      <div
        class="parallel"
        ref={host}
        data-testid="parallel"
        role="img"
        aria-label={`Parallel coordinates of ${props.runs.length} runs over ${dimensions.map(({ title }) => title).join(", ")}`}
        style={{ minWidth: `${2 * SIDE + APART * (dimensions.length - 1)}px` }}
      >
        <canvas
          ref={canvas}
          onPointerMove={(event) => (hoveredRun.value = nearest(props, size, event.offsetX, event.offsetY))}
          onPointerLeave={() => (hoveredRun.value = null)}
        />
        {size.width > 0 &&
          dimensions.map((dimension, axis) => (
            <Axis
              key={dimension.id}
              dimension={dimension}
              x={across(axis, dimensions.length, size)}
              room={titleWidth(dimensions.length, size)}
              size={size}
              part={parts.get(dimension.id) ?? null}
              onPart={(part) => onPart(dimension.id, part)}
            />
          ))}
      </div>
    </div>
  );
}

interface AxisProps {
  dimension: Dimension;
  x: number;
  /** Of its name. */
  room: number;
  size: Size;
  part: Part | null;
  onPart(part: Part | null): void;
}

function Axis({ dimension, x, room, size, part, onPart }: AxisProps) {
  const from = useRef<number | null>(null);
  const placeOf = (event: PointerEvent): number => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const place = 1 - (event.clientY - box.top) / box.height;
    // Nobody means to leave out what lies at the very end.
    return place < END ? 0 : place > 1 - END ? 1 : place;
  };
  const take = (event: PointerEvent): void => {
    if (from.current === null) return;
    const to = placeOf(event);
    const [low, high] = [Math.min(from.current, to), Math.max(from.current, to)];
    onPart(high - low < CLICK ? null : [low, high]);
  };
  return (
    <div class="parallel-axis" style={{ transform: `translateX(${x}px)` }} data-axis={dimension.id}>
      <span class="parallel-title ellipsis" title={dimension.title} style={{ left: `${-room / 2}px`, width: `${room}px` }}>
        {dimension.title}
      </span>
      <div
        class="parallel-strip"
        style={{ top: `${TOP}px`, bottom: `${BOTTOM}px` }}
        title="Drag to keep the runs that pass here; click to keep all"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = placeOf(event);
        }}
        onPointerMove={take}
        onPointerUp={(event) => {
          take(event);
          from.current = null;
        }}
      >
        {part && <div class="parallel-part" style={{ bottom: `${part[0] * 100}%`, height: `${(part[1] - part[0]) * 100}%` }} />}
      </div>
      {dimension.ticks.map(({ place, label }) => (
        <span key={label} class="parallel-tick ellipsis" style={{ top: `${down(place, size)}px` }}>
          {label}
        </span>
      ))}
    </div>
  );
}
