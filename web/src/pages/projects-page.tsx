import { addressOfPage, openProject } from "../state/address.ts";
import { loadProjects, projects, projectsError } from "../state/projects.ts";
import { Empty } from "../ui/empty.tsx";
import { ago, plural } from "../ui/format.ts";
import { Problem } from "../ui/problem.tsx";
import { StatusMark } from "../ui/run-status.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

const SNIPPET = `import trackio

trackio.init(project="my_project")
trackio.log({"loss": 0.05})
trackio.finish()`;

export function ProjectsPage() {
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
