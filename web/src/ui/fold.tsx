import type { ComponentChildren } from "preact";
import { accordion, fold, folded } from "../state/settings.ts";
import { Icon } from "./icon.tsx";

interface Props {
  /** By which it is remembered whether it is closed. */
  id: string;
  title: string;
  count: number;
  /** Holds a single card, so that others like it may stand beside it. */
  single?: boolean;
  children: ComponentChildren;
}

/** A section with a title that folds it away. */
export function Fold({ id, title, count, single = false, children }: Props) {
  const look = single ? "section section-single" : "section";
  if (!accordion.value) return <section class={look}>{children}</section>;
  const closed = folded.value.has(id);
  return (
    <section class={look} data-testid="section" data-section={title}>
      <h2 class="section-head">
        <button type="button" aria-expanded={!closed} onClick={() => fold(id, !closed)}>
          <Icon name="chevron" />
          {title}
          <span class="count">{count}</span>
        </button>
      </h2>
      {!closed && children}
    </section>
  );
}
