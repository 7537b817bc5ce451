import { useEffect, useRef, useState } from "preact/hooks";
import { openProject, project } from "../state/address.ts";
import { natural } from "../state/natural.ts";
import { loadProjects, projects } from "../state/projects.ts";
import { ago, plural } from "./format.ts";
import { Icon } from "./icon.tsx";
import { SearchField } from "./search-field.tsx";

const SEARCH_FROM = 8;

function move(list: HTMLElement, by: number): void {
  const options = [...list.querySelectorAll<HTMLElement>("[role=option]")];
  const at = options.indexOf(document.activeElement as HTMLElement);
  options[Math.max(0, Math.min(options.length - 1, at + by))]?.focus();
}

export function ProjectPicker() {
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    setSearch("");
    // While a project is on show, the stream tells of its runs, not of other projects.
    void loadProjects();
    const first = ["input", "[aria-selected=true]", "[role=option]"].map((each) => box.current?.querySelector<HTMLElement>(each));
    first.find(Boolean)?.focus();
    const outside = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  const all = projects.value ?? [];
  const found = all.filter((each) => each.name.toLowerCase().includes(search.toLowerCase()));
  if (search) found.sort((a, b) => natural(a.name, b.name));
  const choose = (name: string): void => {
    setOpen(false);
    openProject(name);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      setOpen(false);
      button.current?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) move(box.current!, event.key === "ArrowDown" ? 1 : -1);
      else setOpen(true);
    } else if (event.key === "Enter" && event.target instanceof HTMLInputElement && found[0]) choose(found[0].name);
  };
  return (
    <div class="picker" ref={box} onKeyDown={onKeyDown}>
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
        <span class="picker-name">{project.value ?? "Choose a project"}</span>
        <Icon name="down" />
      </button>
      {open && (
        <div class="popover picker-popover">
          {all.length >= SEARCH_FROM && (
            <SearchField value={search} label="Search projects" placeholder="Search projects" testid="project-search" onInput={setSearch} />
          )}
          <div role="listbox" aria-label="Projects" class="picker-list">
            {found.map((each) => (
              <button
                key={each.name}
                type="button"
                role="option"
                class="picker-option"
                data-testid="project-option"
                aria-selected={each.name === project.value}
                onClick={() => choose(each.name)}
              >
                <span class="picker-name">{each.name}</span>
                <span class="faint">
                  {each.running > 0 ? `${each.running} running` : plural(each.runs, "run")} · {ago(each.last_activity)}
                </span>
              </button>
            ))}
            {found.length === 0 && <p class="picker-none">{search ? "No project matches" : "No projects yet"}</p>}
          </div>
        </div>
      )}
    </div>
  );
}
