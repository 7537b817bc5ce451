import { useEffect, useRef } from "preact/hooks";
import { page, show } from "../state/address.ts";
import { namesOfCards } from "../state/cards.ts";
import { scalarNames } from "../state/metrics.ts";
import { ChartPanel } from "./chart-panel.tsx";
import { LookControls } from "./chart-toolbar.tsx";
import { Icon } from "./icon.tsx";

function turn(by: number): void {
  const names = namesOfCards(scalarNames.peek());
  const at = names.indexOf(page.peek().full ?? "");
  const next = names[(at + by + names.length) % names.length];
  if (next !== undefined) show({ full: next });
}

function press(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  // There, arrows mean something else: they move the cursor, or choose.
  if (target.closest("canvas, input, select")) return;
  if (event.key === "ArrowLeft") turn(-1);
  else if (event.key === "ArrowRight") turn(1);
}

/** One chart over the whole window, with the others a key away. */
export function FullDialog({ metric }: { metric: string }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current!.showModal();
    // Not the first button: arrow keys are to turn to other charts at once.
    box.current!.focus();
  }, []);
  return (
    <dialog ref={box} tabIndex={-1} class="full" data-testid="full-chart" aria-label={`Chart of ${metric}`} onClose={() => show({ full: null })} onKeyDown={press}>
      <div class="full-tools" role="toolbar" aria-label="Chart">
        <button type="button" class="icon-button" title="Previous chart  ←" aria-label="Previous chart" onClick={() => turn(-1)}>
          <Icon name="left" />
        </button>
        <button type="button" class="icon-button" title="Next chart  →" aria-label="Next chart" onClick={() => turn(1)}>
          <Icon name="right" />
        </button>
        <LookControls />
      </div>
      <ChartPanel key={metric} metric={metric} full />
    </dialog>
  );
}
