import { signal } from "@preact/signals";
import { ApiError, fetchProjects } from "../api/client.ts";
import type { Project } from "../api/types.ts";
import { streamReady } from "./ready.ts";

/** null until the first answer. */
export const projects = signal<Project[] | null>(null);
export const projectsError = signal<string | null>(null);

const RETRY_MS = 2_000;
let asking: Promise<void> | null = null;
let again = false;

/** Fetches the list; asked for again meanwhile, it is fetched once more before this settles. */
export function loadProjects(): Promise<void> {
  again = true;
  asking ??= fetchAll().finally(() => {
    asking = null;
  });
  return asking;
}

/** Returns whether there is such a project: asking for what is not there would show as an error in the console. */
export async function projectExists(name: string): Promise<boolean> {
  const listed = (): boolean => (projects.peek() ?? []).some((each) => each.name === name);
  if (listed()) return true;
  await loadProjects();
  if (projectsError.peek() !== null) throw new Error(projectsError.peek()!);
  return listed();
}

async function fetchAll(): Promise<void> {
  await streamReady;
  while (again) {
    again = false;
    await fetchOnce();
  }
}

async function fetchOnce(): Promise<void> {
  try {
    projects.value = await fetchProjects();
    projectsError.value = null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 503) {
      // No store yet, so nobody could announce that there is one.
      projects.value = [];
      window.setTimeout(() => void loadProjects(), RETRY_MS);
    } else {
      projectsError.value = error instanceof Error ? error.message : String(error);
    }
  }
}
