import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { fetchActivity } from "../api/client.ts";
import { addressOfPage, openProject } from "../state/address.ts";
import { loadProjects, projects, projectsError } from "../state/projects.ts";
import { Activity } from "../ui/activity.tsx";
import { Empty } from "../ui/empty.tsx";
import { ago, plural } from "../ui/format.ts";
import { Problem } from "../ui/problem.tsx";
import { StatusMark } from "../ui/run-status.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

const SNIPPET = `import trackio

trackio.init(project="my_project")
trackio.log({"loss": 0.05})
trackio.finish()`;

/** How busy the projects were of late; nothing until it is known. */
function useActivity(): Record<string, number[]> {
  const [found, setFound] = useState<Record<string, number[]>>({});
  // As text, which compares by value: what a list that came again would tell is told already.
  const known = useComputed(() => JSON.stringify((projects.value ?? []).map((each) => [each.name, each.runs, each.running]))).value;
  useEffect(() => {
    if (known === "[]") return;
    let over = false;
    fetchActivity().then(
      (days) => !over && setFound(days),
      () => {},
    );
    return () => {
      over = true;
    };
  }, [known]);
  return found;
}

export function ProjectsPage() {
  const activity = useActivity();
  if (projectsError.value) return <Problem text={projectsError.value} retry={() => void loadProjects()} />;
  if (projects.value === null) return <Skeleton cards={3} />;
  if (projects.value.length === 0) {
    return (
      <Empty title="Log your first run" code={SNIPPET}>
        It appears here as soon as it starts.
      </Empty>
    );
  }
  return (
    <div class="page-body">
      <h1 class="page-title">Projects</h1>
      <div class="grid projects">
        {projects.value.map((each) => (
          <a
            key={each.name}
            class="card project-card"
            data-testid="project-card"
            href={addressOfPage({ project: each.name })}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey) return;
              event.preventDefault();
              openProject(each.name);
            }}
          >
            <span class="project-name ellipsis">{each.name}</span>
            <span class="faint">
              {plural(each.runs, "run")} · {ago(each.last_activity)}
            </span>
            {activity[each.name] && <Activity days={activity[each.name]!} />}
            {each.running > 0 && (
              <span class="status status-running">
                <StatusMark status="running" />
                {each.running} running
              </span>
            )}
          </a>
        ))}
      </div>
    </div>
  );
}
