import "../styles/help.css";
import { useEffect, useRef } from "preact/hooks";
import { helpOpen } from "../state/help.ts";
import { set, settings } from "../state/settings.ts";
import { Icon } from "./icon.tsx";
import { PAGES, SHORTCUTS } from "./shortcuts.ts";

/** Keys of a chart that has the focus. */
const OF_CHARTS: readonly [string, string][] = [
  ["← →", "Move the cursor; with shift, by ten points"],
  ["↑ ↓", "Take another line"],
  ["w s", "Zoom in or out"],
  ["a d", "Move left or right"],
  ["0", "Show all"],
  ["⌫", "Back to the zoom before"],
  ["↵", "Hold the cursor"],
  ["l", "Logarithmic y axis"],
  ["f", "Fill the window"],
  [".", "Follow what is new"],
  ["n", "Write at the cursor's step"],
  ["< >", "Move the card to an earlier or a later place"],
];

/** Keys of the media page, and of a medium that is open over it. */
const OF_MEDIA: readonly [string, string][] = [
  ["← →", "Step; with shift, by ten"],
  ["home end", "First step; the newest, whatever comes"],
  ["space", "Play or stop all videos"],
  [", .", "One frame back or on"],
  ["0", "See whole images again; closer with ctrl and the wheel"],
  ["↑ ↓", "In an open one: another run"],
  ["c", "In an open one: compare it with another"],
];

const FILTERS: readonly [string, string][] = [
  ["resnet best", "both words, in a name, group, tag, state or the notes"],
  ["/^exp-\\d+/", "a regular expression"],
  ["status = running", "what a run is: status, group, tags, user, host, duration, started …"],
  ["config.optimizer.lr < 1e-3", "what it was given"],
  ["summary.val/loss.min < 0.3", "what became of a metric: last, .min, .max, .mean"],
  ["tags = best and started > now-7d", "both; or, not and parentheses work, too"],
];

function Keys({ title, keys }: { title: string; keys: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, about]) => (
          <div key={key}>
            <dt>
              <kbd>{key === "Escape" ? "esc" : key}</kbd>
            </dt>
            <dd>{about}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What keys do, and how runs are filtered. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  const close = (): void => {
    helpOpen.value = false;
  };
  return (
    <dialog
      ref={dialog}
      class="help"
      data-testid="help"
      aria-label="Keys"
      onClose={close}
      onKeyDown={(event) => {
        if (event.key === "?") close();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <header class="card-head">
        <h2 class="card-title">Keys</h2>
        <button type="button" class="icon-button small" title="Close" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help-body">
        <Keys title="Runs" keys={SHORTCUTS.map(({ key, title }) => [key, title])} />
        <Keys title="Everywhere" keys={[["⌘K", "Find runs, metrics and pages, or do something; ctrl K elsewhere"], ["⌘Z", "Take back the last change"], ...PAGES.map(({ key, title }) => [`g ${key}`, title] as const)]} />
        <Keys title="In a chart" keys={OF_CHARTS} />
        <Keys title="On the media page" keys={OF_MEDIA} />
        <Keys title="Filter runs" keys={FILTERS} />
      </div>
      <label class="help-switch">
        <input type="checkbox" checked={settings.value.keys} onChange={(event) => set({ keys: event.currentTarget.checked })} />
        Single letters are keys
      </label>
    </dialog>
  );
}
