import type { Annotation } from "../api/types.ts";
import { project } from "./address.ts";
import { annotating, deleting } from "./annotations.ts";
import type { Draft } from "./annotations.ts";
import { say } from "./toasts.ts";
import { change } from "./views.ts";

/** Keeps what was written; `before` is what it was, if it was anything. */
export async function save(written: Draft, before: Annotation | undefined): Promise<void> {
  const where = project.peek();
  if (where === null) return;
  if (before) {
    await change(annotating(where, written), "Changed the annotation", annotating(where, before));
    return;
  }
  const answer = await change(annotating(where, written), "", null);
  const id = answer?.["annotation"];
  if (typeof id === "string") say("Annotated", () => void change(deleting(where, id), "", null));
}

export async function remove(annotation: Annotation): Promise<void> {
  const where = project.peek();
  if (where !== null) await change(deleting(where, annotation.id), "Deleted the annotation", annotating(where, annotation));
}
