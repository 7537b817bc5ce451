import { savedViews } from "../state/shared.ts";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { Popover } from "./popover.tsx";

const Waiting = () => <div class="views-panel" aria-busy="true" />;
const ViewsPanel = lazy(() => import("./views-panel.tsx").then((file) => file.ViewsPanel), Waiting);

/** What was saved with the project, and links to what is shown. */
export function ViewsMenu() {
  const count = savedViews.value.length;
  const face = (
    <>
      <Icon name="bookmark" />
      <span class="views-word">Views</span> {count > 0 && <span class="count">{count}</span>}
    </>
  );
  return (
    <Popover label={`Views ${count || ""}: saved ones, and links`} title="Saved views, and links" class="button views-button" testid="views-menu" face={face}>
      <ViewsPanel />
    </Popover>
  );
}
