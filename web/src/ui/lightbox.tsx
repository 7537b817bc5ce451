import { useEffect, useRef } from "preact/hooks";
import { formatStep } from "../chart/index.ts";
import { opened, turn } from "../state/lightbox.ts";
import { runOf } from "../state/runs.ts";
import { Icon } from "./icon.tsx";
import { Swatch } from "./swatch.tsx";
import { isTiny } from "./tiny.ts";

function onKeyDown(event: KeyboardEvent): void {
  if (event.key === "ArrowLeft") turn(-1);
  else if (event.key === "ArrowRight") turn(1);
  else return;
  event.preventDefault();
}

/** One medium over the page; arrows go to its neighbours, Escape back. */
export function Lightbox() {
  const dialog = useRef<HTMLDialogElement>(null);
  const now = opened.value;
  const open = now !== null;
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  if (!now) return null;
  const item = now.items[now.at]!;
  const { media } = item;
  const run = runOf(item.run);
  const many = now.items.length > 1;
  const close = (): void => {
    opened.value = null;
  };
  const look = isTiny(media) ? "tiny" : "";
  return (
    <dialog
      ref={dialog}
      class="lightbox"
      data-testid="lightbox"
      aria-label={media.caption ?? item.key}
      onClose={close}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <header class="lightbox-head">
        {run && <Swatch run={run} />}
        <b class="ellipsis">{run?.name ?? item.run}</b>
        <span class="faint ellipsis">
          {item.key} · step {formatStep(item.step)}
          {media.width && media.height ? ` · ${media.width} × ${media.height}` : ""}
        </span>
        <span class="spacer" />
        {many && (
          <span class="faint">
            {now.at + 1} / {now.items.length}
          </span>
        )}
        <a class="icon-button" href={media.url ?? ""} download title="Save" aria-label="Save">
          <Icon name="download" />
        </a>
        <button type="button" class="icon-button" title="Close  Esc" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="lightbox-stage">
        {media._type === "trackio.video" ? (
          <video key={media.id} class={look} src={media.url ?? ""} controls autoplay loop muted playsInline />
        ) : (
          <img key={media.id} class={look} src={media.url ?? ""} alt={media.caption ?? item.key} />
        )}
        {many && (
          <>
            <button type="button" class="lightbox-turn lightbox-left" aria-label="Previous" onClick={() => turn(-1)}>
              <Icon name="left" />
            </button>
            <button type="button" class="lightbox-turn lightbox-right" aria-label="Next" onClick={() => turn(1)}>
              <Icon name="right" />
            </button>
          </>
        )}
      </div>
      {media.caption && <p class="lightbox-caption">{media.caption}</p>}
    </dialog>
  );
}
