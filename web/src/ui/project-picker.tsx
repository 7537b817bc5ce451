import { useEffect, useRef, useState } from "preact/hooks";
import { openProject, project } from "../state/address.ts";
import { loadProjects } from "../state/projects.ts";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";

const ProjectList = lazy(
  () => import("./project-list.tsx").then((file) => file.ProjectList),
  () => <p class="picker-none" aria-busy="true" />,
);

export function ProjectPicker() {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    // While a project is on show, the stream tells of its runs, not of other projects.
    void loadProjects();
    const outside = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  const choose = (name: string): void => {
    setOpen(false);
    openProject(name);
    button.current?.focus();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      setOpen(false);
      button.current?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
    }
  };
  return (
    <div class="picker" ref={box} onKeyDown={press}>
      <button
        type="button"
        class="picker-button"
        ref={button}
        data-testid="project-picker"
        aria-haspopup="listbox"
        aria-expanded={open}
        title="Choose a project"
        onClick={() => setOpen(!open)}
      >
        <span class="ellipsis">{project.value ?? "Choose a project"}</span>
        <Icon name="down" />
      </button>
      {open && (
        <div class="popover picker-popover">
          <ProjectList onChoose={choose} />
        </div>
      )}
    </div>
  );
}
