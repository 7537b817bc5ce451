import "../styles/lightbox.css";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { formatStep } from "../chart/index.ts";
import { closeMedia, held, opened, turn, turnToStep } from "../state/lightbox.ts";
import { stepsIn } from "../state/logged.ts";
import { stepBy } from "../state/media-address.ts";
import { WHOLE, zoomedAbout } from "../state/media-zoom.ts";
import type { MediaZoom } from "../state/media-zoom.ts";
import type { MediaItem } from "../state/objects.ts";
import { runOf } from "../state/runs.ts";
import { AudioPlayer } from "./audio-player.tsx";
import { HtmlFrame } from "./html-frame.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";
import { ImageComparison } from "./image-comparison.tsx";
import { ModelFrame } from "./model-frame.tsx";
import { StepSlider } from "./step-slider.tsx";
import { Swatch } from "./swatch.tsx";
import { isTiny } from "./tiny.ts";
import { useLogged } from "./use-logged.ts";
import { ZoomImage } from "./zoom-image.tsx";

const CLOSER = 1.5;
const MIDDLE = { x: 0.5, y: 0.5 };

interface ToolProps {
  icon: IconName;
  label: string;
  hint?: string;
  pressed?: boolean;
  testid?: string;
  onClick(): void;
}

function Tool({ icon, label, hint = "", pressed, testid, onClick }: ToolProps) {
  return (
    <button
      type="button"
      class="icon-button"
      title={hint ? `${label}  ${hint}` : label}
      aria-label={label}
      {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
      {...(testid ? { "data-testid": testid } : {})}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function hold(item: MediaItem): void {
  held.value = held.peek() === null ? item : null;
}

function ZoomTools({ zoom, item }: { zoom: Signal<MediaZoom>; item: MediaItem }) {
  const by = (factor: number): void => void (zoom.value = zoomedAbout(zoom.peek(), factor, MIDDLE));
  return (
    <>
      <Tool icon="compare" label="Compare with another" hint="c" pressed={held.value !== null} testid="compare-media" onClick={() => hold(item)} />
      <Tool icon="minus" label="Zoom out" hint="−" onClick={() => by(1 / CLOSER)} />
      <span class="faint zoom-scale" data-testid="zoom-scale">
        {Math.round(zoom.value.scale * 100)} %
      </span>
      <Tool icon="plus" label="Zoom in" hint="+" onClick={() => by(CLOSER)} />
      {zoom.value.scale > 1 && <Tool icon="reset" label="Show all of it" hint="0" onClick={() => (zoom.value = WHOLE)} />}
    </>
  );
}

function Head({ item, zoom }: { item: MediaItem; zoom: Signal<MediaZoom> }) {
  const { items, at } = opened.value!;
  const { media } = item;
  const run = runOf(item.run);
  return (
    <header class="lightbox-head">
      {run && <Swatch run={run} />}
      <b class="ellipsis">{run?.name ?? item.run}</b>
      <span class="faint ellipsis">
        {item.key} · step {formatStep(item.step)}
        {media.width && media.height ? ` · ${media.width} × ${media.height}` : ""}
      </span>
      <span class="spacer" />
      {items.length > 1 && (
        <>
          <Tool icon="up" label="Previous" hint="↑" testid="lightbox-previous" onClick={() => turn(-1)} />
          <span class="faint">
            {at + 1} / {items.length}
          </span>
          <Tool icon="down" label="Next" hint="↓" testid="lightbox-next" onClick={() => turn(1)} />
        </>
      )}
      {media._type === "trackio.image" && <ZoomTools zoom={zoom} item={item} />}
      <a class="icon-button" href={media.url ?? ""} download title="Save" aria-label="Save">
        <Icon name="download" />
      </a>
      <Tool icon="close" label="Close" hint="Esc" onClick={closeMedia} />
    </header>
  );
}

function Stage({ item, zoom }: { item: MediaItem; zoom: Signal<MediaZoom> }) {
  const { media } = item;
  const before = held.value;
  if (media._type === "trackio.video") return <video key={media.id} class={isTiny(media) ? "tiny" : ""} src={media.url ?? ""} controls autoplay loop muted playsInline />;
  if (media._type === "trackio.html") return <HtmlFrame key={media.id} media={media} name={media.caption ?? item.key} />;
  if (media._type === "trackio.object3d") return <ModelFrame key={media.id} media={media} name={media.caption ?? item.key} />;
  if (media._type === "trackio.audio") return <AudioPlayer key={media.id} media={media} name={media.caption ?? item.key} />;
  if (before && before.media.id !== media.id) return <ImageComparison before={before} after={item} zoom={zoom} />;
  return (
    <>
      <ZoomImage media={media} name={media.caption ?? item.key} zoom={zoom} eager />
      {before && <p class="lightbox-hint">Turn to the image to compare this one with: another run with ↑ ↓, another step with ← →</p>}
    </>
  );
}

/** One medium over the page: arrows turn to its neighbours and to other steps, Escape goes back. */
export function Lightbox() {
  const dialog = useRef<HTMLDialogElement>(null);
  const zoom = useSignal<MediaZoom>(WHOLE);
  const { items, at, steps: turnable } = opened.value!;
  const item = items[at]!;
  const { found } = useLogged({ key: item.key, runs: [item.run] }, turnable, stepsIn);
  const steps = found ?? [];
  // At once, so that no key goes to what lies beneath.
  useLayoutEffect(() => dialog.current!.showModal(), []);
  const go = (by: number): void => {
    if (steps.length > 1) void turnToStep(stepBy(steps, item.step, by));
    else if (found !== null || !turnable) turn(Math.sign(by));
  };
  const keys: Record<string, (event: KeyboardEvent) => unknown> = {
    ArrowLeft: (event) => go(event.shiftKey ? -10 : -1),
    ArrowRight: (event) => go(event.shiftKey ? 10 : 1),
    ArrowUp: () => turn(-1),
    ArrowDown: () => turn(1),
    Home: () => turnToStep(steps[0] ?? null),
    End: () => turnToStep(null),
    "+": () => (zoom.value = zoomedAbout(zoom.peek(), CLOSER, MIDDLE)),
    "-": () => (zoom.value = zoomedAbout(zoom.peek(), 1 / CLOSER, MIDDLE)),
    "0": () => (zoom.value = WHOLE),
    c: () => hold(item),
  };
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      data-testid="lightbox"
      data-step={item.step}
      aria-label={item.media.caption ?? item.key}
      onClose={closeMedia}
      onKeyDown={(event) => {
        const press = keys[event.key];
        if (!press || event.ctrlKey || event.metaKey || (event.target as HTMLElement).closest("input, select, video")) return;
        press(event);
        event.preventDefault();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) closeMedia();
      }}
    >
      <Head item={item} zoom={zoom} />
      <div class="lightbox-stage">
        <Stage item={item} zoom={zoom} />
      </div>
      {item.media.caption && <p class="lightbox-caption">{item.media.caption}</p>}
      {steps.length > 1 && (
        <footer class="lightbox-foot">
          <StepSlider steps={steps} step={item.step} label={item.key} onChange={(step) => void turnToStep(step)} />
        </footer>
      )}
    </dialog>
  );
}
