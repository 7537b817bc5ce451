import { computed, signal } from "@preact/signals";
import { fetchAlerts } from "../api/client.ts";
import type { AlertsPage } from "../api/types.ts";
import { project } from "./address.ts";
import { onAlerts } from "./live.ts";
import { projectExists } from "./projects.ts";

/** More stand on no chart. */
const MOST = 200;
const NONE: AlertsPage = { alerts: [], next: null };

const held = signal(NONE);

/** The newest alerts of the project, newest first. */
export const alerts = computed(() => held.value.alerts);
/** Whether there are older ones, too. */
export const hasMoreAlerts = computed(() => held.value.next !== null);

let generation = 0;

async function load(): Promise<void> {
  const name = project.peek();
  const mine = ++generation;
  if (name === null) return;
  try {
    const found = (await projectExists(name)) ? await fetchAlerts({ project: name, limit: MOST }) : NONE;
    if (mine === generation) held.value = found;
  } catch {
    // The charts tell already what is wrong with the server.
  }
}

project.subscribe(() => {
  held.value = NONE;
  void load();
});
onAlerts(() => void load());
