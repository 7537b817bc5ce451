import { addressOfPage, openProject, project } from "../state/address.ts";
import { paletteOpen } from "../state/help.ts";
import { sidebarHidden, toggleSidebar } from "../state/sidebar.ts";
import { ConnectionBadge } from "./connection-badge.tsx";
import { Icon } from "./icon.tsx";
import { ProjectPicker } from "./project-picker.tsx";
import { Tabs } from "./tabs.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import { ViewsMenu } from "./views-menu.tsx";

export function Header() {
  const open = project.value !== null;
  return (
    <header class="header">
      {open && !sidebarHidden.value && (
        <button type="button" class="icon-button" data-testid="sidebar-toggle" title="Show or hide the runs  [" aria-label="Show or hide the runs" onClick={toggleSidebar}>
          <Icon name="sidebar" />
        </button>
      )}
      <a
        class="logo"
        href={addressOfPage({ project: null, selectedRun: null, tab: "charts", runs: null, runIds: null, metrics: null })}
        title="All projects"
        onClick={(event) => {
          event.preventDefault();
          openProject(null);
        }}
      >
        <Icon name="chart" />
        <span class="logo-name">trackio</span>
      </a>
      <ProjectPicker />
      {open && <Tabs />}
      <span class="spacer" />
      {open && <ViewsMenu />}
      <button type="button" class="icon-button" data-testid="palette-button" title="Find runs, metrics, pages; do something  ⌘K" aria-label="Find or do something" onClick={() => (paletteOpen.value = true)}>
        <Icon name="search" />
      </button>
      <ConnectionBadge />
      <ThemeSwitch />
    </header>
  );
}
