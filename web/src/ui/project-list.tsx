import { useEffect, useRef, useState } from "preact/hooks";
import { project } from "../state/address.ts";
import { natural } from "../state/natural.ts";
import { projects } from "../state/projects.ts";
import { ago, plural } from "./format.ts";
import { SearchField } from "./search-field.tsx";

const SEARCH_FROM = 8;

function move(list: HTMLElement, by: number): void {
  const options = [...list.querySelectorAll<HTMLElement>("[role=option]")];
  const at = options.indexOf(document.activeElement as HTMLElement);
  options[Math.max(0, Math.min(options.length - 1, at + by))]?.focus();
}

/** The projects to choose from, with a search where there are many. */
export function ProjectList({ onChoose }: { onChoose(name: string): void }) {
  const [search, setSearch] = useState("");
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const first = ["input", "[aria-selected=true]", "[role=option]"].map((each) => box.current!.querySelector<HTMLElement>(each));
    first.find(Boolean)?.focus();
  }, []);
  const all = projects.value ?? [];
  const found = all.filter((each) => each.name.toLowerCase().includes(search.toLowerCase()));
  if (search) found.sort((a, b) => natural(a.name, b.name));
  const press = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      event.stopPropagation();
      move(box.current!, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && event.target instanceof HTMLInputElement && found[0]) onChoose(found[0].name);
  };
  return (
    <div ref={box} onKeyDown={press}>
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
            onClick={() => onChoose(each.name)}
          >
            <span class="ellipsis">{each.name}</span>
            <span class="faint">
              {each.running > 0 ? `${each.running} running` : plural(each.runs, "run")} · {ago(each.last_activity)}
            </span>
          </button>
        ))}
        {found.length === 0 && <p class="picker-none">{search ? "No project matches" : "No projects yet"}</p>}
      </div>
    </div>
  );
}
