import { useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { bare, embed, opening, project, selectedRun, tab } from "./state/address.ts";
import { annotationsListed, draft } from "./state/annotations.ts";
import { editing } from "./state/edit-dialog.ts";
import { tellHeight } from "./state/embed.ts";
import { helpOpen, paletteOpen } from "./state/help.ts";
import { lineMenu } from "./state/line-menu.ts";
import { connection } from "./state/live.ts";
import { opened } from "./state/opened.ts";
import { pickedIds } from "./state/picked.ts";
import { loadRuns, runs, runsError, runsState } from "./state/runs.ts";
import { sidebarShown } from "./state/sidebar.ts";
import { Header } from "./ui/header.tsx";
import { lazy } from "./ui/lazy.tsx";
import { Problem } from "./ui/problem.tsx";
import { Skeleton } from "./ui/skeleton.tsx";
import { Toasts } from "./ui/toasts.tsx";

const charts = () => import("./pages/charts-page.tsx").then((file) => file.ChartsPage);
// Where charts are asked for, their code comes while the first lists do.
if (project.peek() !== null && tab.peek() === "charts") void charts();

const ChartsPage = lazy(charts);
const ProjectsPage = lazy(() => import("./pages/projects-page.tsx").then((file) => file.ProjectsPage));
const MediaPage = lazy(() => import("./pages/media-page.tsx").then((file) => file.MediaPage));
const TracesPage = lazy(() => import("./pages/traces-page.tsx").then((file) => file.TracesPage));
const TablesPage = lazy(() => import("./pages/tables-page.tsx").then((file) => file.TablesPage));
const RunsPage = lazy(() => import("./pages/runs-page.tsx").then((file) => file.RunsPage));
const RunPage = lazy(() => import("./pages/run-page.tsx").then((file) => file.RunPage));
const ComparePage = lazy(() => import("./pages/compare-page.tsx").then((file) => file.ComparePage));
const AlertsPage = lazy(() => import("./pages/alerts-page.tsx").then((file) => file.AlertsPage));

// It lists what is still being fetched when its code arrives.
const Sidebar = lazy(
  () => import("./ui/sidebar.tsx").then((file) => file.Sidebar),
  () => <aside class="sidebar" aria-busy="true" />,
);
const Nothing = (): null => null;
const Help = lazy(() => import("./ui/help.tsx").then((file) => file.Help), Nothing);
const Palette = lazy(() => import("./ui/palette.tsx").then((file) => file.Palette), Nothing);
const LineMenu = lazy(() => import("./ui/line-menu.tsx").then((file) => file.LineMenu), Nothing);
const Lightbox = lazy(() => import("./ui/lightbox.tsx").then((file) => file.Lightbox), Nothing);
const EditDialog = lazy(() => import("./ui/edit-dialog.tsx").then((file) => file.EditDialog), Nothing);
const AnnotationDialog = lazy(() => import("./ui/annotation-dialog.tsx").then((file) => file.AnnotationDialog), Nothing);
const AnnotationList = lazy(() => import("./ui/annotation-list.tsx").then((file) => file.AnnotationList), Nothing);
const PickedBar = lazy(() => import("./ui/picked-bar.tsx").then((file) => file.PickedBar), Nothing);

function Page() {
  if (opening.value) return <Skeleton />;
  if (project.value === null) return <ProjectsPage />;
  if (runsState.value === "failed") return <Problem text={runsError.value} retry={() => void loadRuns()} />;
  switch (tab.value) {
    case "charts":
      return <ChartsPage />;
    case "media":
      return <MediaPage />;
    case "traces":
      return <TracesPage />;
    case "tables":
      return <TablesPage />;
    case "runs":
      return selectedRun.value === null ? <RunsPage /> : <RunPage id={selectedRun.value} />;
    case "compare":
      return <ComparePage />;
    case "alerts":
      return <AlertsPage />;
  }
}

/** Keys are listened for once their code is here. */
function listen(): () => void {
  let stop: (() => void) | undefined;
  let over = false;
  void import("./ui/shortcuts.ts").then(({ listenForKeys }) => {
    if (!over) stop = listenForKeys();
  });
  return () => {
    over = true;
    stop?.();
  };
}

function titleOfWindow(): string {
  const running = runs.value.filter((run) => run.status === "running").length;
  const name = project.value === null ? "trackio" : `${project.value} · trackio`;
  return running > 0 ? `(${running}) ${name}` : name;
}

function frameClass(): string {
  return `app${bare.value ? " app-bare" : ""}${embed.value ? " app-embed" : ""}`;
}

export function App() {
  useEffect(listen, []);
  useEffect(tellHeight, []);
  const title = useComputed(titleOfWindow).value;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <div class={frameClass()} data-connection={connection.value}>
      {!bare.value && <Header />}
      <div class="app-body">
        {project.value !== null && !embed.value && sidebarShown.value && <Sidebar />}
        <main class="main" id="main" key={`${project.value}:${tab.value}:${selectedRun.value}`}>
          {project.value !== null && selectedRun.value === null && <h1 class="unseen">{`${project.value}: ${tab.value}`}</h1>}
          <Page />
        </main>
      </div>
      {project.value !== null && pickedIds.value.size > 0 && !bare.value && <PickedBar />}
      {editing.value.length > 0 && <EditDialog />}
      {draft.value !== null && <AnnotationDialog />}
      {annotationsListed.value && <AnnotationList />}
      {helpOpen.value && <Help />}
      {paletteOpen.value && <Palette />}
      {lineMenu.value && <LineMenu />}
      {opened.value && <Lightbox />}
      <Toasts />
    </div>
  );
}
