import { signal } from "@preact/signals";
import { ApiError, fetchProjects } from "../api/client.ts";
import type { Project } from "../api/types.ts";

/** null until the first answer. */
export const projects = signal<Project[] | null>(null);
export const projectsError = signal<string | null>(null);

const RETRY_MS = 2_000;
let asking = false;
let again = false;

/** Fetches the list; asked for again meanwhile, it fetches once more after. */
export async function loadProjects(): Promise<void> {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    projects.value = await fetchProjects();
    projectsError.value = null;
  } catch (error) {
    if (error instanceof ApiError && error.status === 503) {
      // No store yet, so nobody could announce that there is one.
      projects.value = [];
      window.setTimeout(() => void loadProjects(), RETRY_MS);
    } else {
      projectsError.value = String(error instanceof Error ? error.message : error);
    }
  } finally {
    asking = false;
  }
  if (again) {
    again = false;
    await loadProjects();
  }
}
