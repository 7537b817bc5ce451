import "../styles/edit-dialog.css";
import { useEffect, useRef } from "preact/hooks";
import type { Annotation } from "../api/types.ts";
import { formatStep } from "../chart/index.ts";
import { show } from "../state/address.ts";
import { annotations, annotationsListed, draft } from "../state/annotations.ts";
import { remove } from "../state/annotation-edits.ts";
import { readOnly } from "../state/read-only.ts";
import { Icon } from "./icon.tsx";

const stepsOf = ({ first, last }: Annotation): string => (first === last ? formatStep(first) : `${formatStep(first)} – ${formatStep(last)}`);

/** Shows the steps of one, and a little around it. */
function goTo({ first, last }: Annotation): void {
  const air = Math.max(10, (last - first) * 0.5);
  annotationsListed.value = false;
  show({ xAxis: null, linked: true, xMin: first - air, xMax: last + air, follow: false });
}

/** All that was written at steps of the project's charts. */
export function AnnotationList() {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!box.current!.open) box.current!.showModal();
  }, []);
  const close = (): void => {
    annotationsListed.value = false;
  };
  return (
    <dialog ref={box} class="edit" aria-label="Annotations" data-testid="annotation-list" onClose={close}>
      <h2>Annotations</h2>
      {annotations.value.length === 0 && <p class="faint">None yet: press n on a chart, or choose Annotate in its menu.</p>}
      <ul class="annotations">
        {annotations.value.map((each) => (
          <li key={each.id}>
            <button type="button" class="annotation-go" title="Show these steps" onClick={() => goTo(each)}>
              {stepsOf(each)}
            </button>
            <span class="annotation-text">
              {each.text}
              {each.metric !== null && <span class="faint"> · {each.metric}</span>}
            </span>
            {!readOnly && (
              <>
                <button
                  type="button"
                  class="icon-button small"
                  aria-label={`Change ${each.text}`}
                  title="Change"
                  onClick={() => {
                    close();
                    draft.value = each;
                  }}
                >
                  <Icon name="pen" />
                </button>
                <button type="button" class="icon-button small" aria-label={`Delete ${each.text}`} title="Delete" data-testid="delete-annotation" onClick={() => void remove(each)}>
                  <Icon name="bin" />
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      <p class="edit-buttons">
        <span class="spacer" />
        <button type="button" class="button" onClick={close}>
          Close
        </button>
      </p>
    </dialog>
  );
}
