import { computed, effect, signal } from "@preact/signals";
import { page, show } from "./address.ts";
import { set, settings } from "./settings.ts";
import type { ThemeChoice } from "./settings.ts";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(dark.matches);
dark.addEventListener("change", () => {
  systemDark.value = dark.matches;
});

export const theme = computed<"light" | "dark">(() => {
  const choice = page.value.theme ?? settings.value.theme;
  if (choice !== "system") return choice;
  return systemDark.value ? "dark" : "light";
});

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

export function setTheme(choice: ThemeChoice): void {
  set({ theme: choice });
  if (page.value.theme !== null) show({ theme: null });
}
