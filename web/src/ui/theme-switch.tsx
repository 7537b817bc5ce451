import { settings } from "../state/settings.ts";
import type { ThemeChoice } from "../state/settings.ts";
import { setTheme } from "../state/theme.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon.tsx";

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const ICONS: Record<ThemeChoice, IconName> = { system: "screen", light: "sun", dark: "moon" };

export function ThemeSwitch() {
  const choice = settings.value.theme;
  const label = `Theme: ${choice}. Switch to ${NEXT[choice]}`;
  return (
    <button type="button" class="icon-button" data-testid="theme-switch" title={label} aria-label={label} onClick={() => setTheme(NEXT[choice])}>
      <Icon name={ICONS[choice]} />
    </button>
  );
}
