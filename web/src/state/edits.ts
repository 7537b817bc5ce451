import { ApiError, sendEdit } from "../api/client.ts";
import type { Edit } from "../api/client.ts";
import type { Run } from "../api/types.ts";
import { pick } from "./picked.ts";
import { changeRuns, dropRuns, runOf } from "./runs.ts";
import { say } from "./toasts.ts";

/** What of a run can be changed here. */
export type Changes = Partial<Pick<Run, "name" | "tags" | "notes" | "group" | "colour">>;

/** Returns what is asked of the server to change a run so; nothing for what is so already. */
export function editsFor(run: Run, to: Changes): Edit[] {
  const edits: Edit[] = [];
  if (to.name !== undefined && to.name !== run.name) edits.push({ action: "rename_run", run: run.id, name: to.name });
  if (to.tags !== undefined && to.tags.join("\n") !== run.tags.join("\n")) edits.push({ action: "set_tags", run: run.id, tags: to.tags });
  if (to.notes !== undefined && (to.notes || null) !== (run.notes || null)) edits.push({ action: "set_notes", run: run.id, notes: to.notes || null });
  if (to.group !== undefined && (to.group || null) !== run.group) edits.push({ action: "set_group", run: run.id, group: to.group || null });
  if (to.colour !== undefined && to.colour !== run.colour) edits.push({ action: "set_colour", run: run.id, colour: to.colour });
  return edits;
}

function reason(error: unknown): string {
  return error instanceof ApiError ? error.message : String(error);
}

/** Returns the parts of a run that these changes name, as they are now. */
function partsOf(run: Run, of: Changes): Changes {
  return Object.fromEntries(Object.keys(of).map((name) => [name, run[name as keyof Changes]]));
}

/** Shows a change at once and asks the server for it; what it refuses is taken back. */
async function put(runs: readonly Run[], to: (run: Run) => Changes): Promise<void> {
  changeRuns(runs.map((run) => ({ ...(runOf(run.id) ?? run), ...to(run) })));
  for (const run of runs) {
    try {
      for (const edit of editsFor(run, to(run))) await sendEdit(edit);
    } catch (error) {
      const now = runOf(run.id);
      if (now) changeRuns([{ ...now, ...partsOf(run, to(run)) }]);
      throw error;
    }
  }
}

/** Changes runs; `what` tells of it, and it can be taken back. */
export async function change(runs: readonly Run[], to: (run: Run) => Changes, what: string): Promise<void> {
  const before = runs.filter((run) => editsFor(run, to(run)).length > 0);
  if (before.length === 0) return;
  const undo = (): void => {
    const old = new Map(before.map((run) => [run.id, partsOf(run, to(run))]));
    const now = before.flatMap((run) => runOf(run.id) ?? []);
    put(now, (run) => old.get(run.id)!).catch((error: unknown) => say(reason(error), null, true));
  };
  try {
    await put(before, to);
    say(what, undo);
  } catch (error) {
    say(reason(error), null, true);
  }
}

/** Brings deleted runs back. */
export async function restore(runs: readonly Run[]): Promise<void> {
  try {
    for (const run of runs) await sendEdit({ action: "restore_run", run: run.id });
    changeRuns(runs);
  } catch (error) {
    say(reason(error), null, true);
  }
}

/** Deletes runs; they can be restored from the message that says so. */
export async function remove(runs: readonly Run[]): Promise<void> {
  const gone: Run[] = [];
  try {
    for (const run of runs) {
      await sendEdit({ action: "delete_run", run: run.id });
      gone.push(run);
    }
  } catch (error) {
    say(reason(error), null, true);
  }
  if (gone.length === 0) return;
  const ids = gone.map((run) => run.id);
  dropRuns(ids);
  pick(ids, false);
  say(gone.length === 1 ? `Deleted ${gone[0]!.name}` : `Deleted ${gone.length} runs`, () => void restore(gone));
}

/** Reads tags divided by commas: each once, in the order given. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== ""))];
}
