import { toggleSidebar } from "../state/sidebar.ts";

function inText(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  return Boolean(target?.closest("input:not([type=checkbox], [type=range]), select, textarea, [contenteditable]"));
}

/** Single keys of the whole page; they are text in fields. */
export function listenForKeys(): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || inText(event)) return;
    if (event.key === "[") toggleSidebar();
    else if (event.key === "/") {
      const field = document.querySelector<HTMLInputElement>("[data-testid=run-filter], [data-testid=metric-filter]");
      if (!field) return;
      event.preventDefault();
      field.focus();
    }
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
