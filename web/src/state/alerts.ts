import { signal } from "@preact/signals";
import { fetchAlerts } from "../api/client.ts";
import type { Alert } from "../api/types.ts";
import { project } from "./address.ts";
import { onAlerts } from "./live.ts";
import { projectExists } from "./projects.ts";

/** More stand on no chart. */
const MOST = 200;

/** The newest alerts of the project, newest first. */
export const alerts = signal<readonly Alert[]>([]);

let generation = 0;

async function load(): Promise<void> {
  const name = project.peek();
  const mine = ++generation;
  if (name === null) return;
  try {
    const found = (await projectExists(name)) ? (await fetchAlerts({ project: name, limit: MOST })).alerts : [];
    if (mine === generation) alerts.value = found;
  } catch {
    // The charts tell already what is wrong with the server.
  }
}

project.subscribe(() => {
  alerts.value = [];
  void load();
});
onAlerts(() => void load());
