import "../styles/views.css";
import { runFilter } from "../state/run-filter.ts";
import { savedFilters } from "../state/shared.ts";
import { remove, rename, save } from "../state/views.ts";
import { NameForm } from "./name-form.tsx";
import { closeAround } from "./popover.tsx";

/** Saves the filter that holds under a name, or renames or deletes it where it is saved. */
export function FilterForm() {
  const typed = runFilter.value.trim();
  const known = savedFilters.value.find((each) => each.query === typed);
  const taken = (name: string): boolean => savedFilters.value.some((each) => each.name === name);
  return (
    <div class="filter-form" data-testid="filter-form">
      <code>{typed}</code>
      {known ? (
        <NameForm
          key={known.id}
          label="New name"
          initial={known.name}
          action={() => "Rename"}
          onName={(name, form) => {
            closeAround(form);
            void rename(known, name);
          }}
        />
      ) : (
        <NameForm
          label="Save this filter as"
          initial=""
          action={(name) => (taken(name) ? "Overwrite" : "Save")}
          onName={(name, form) => {
            closeAround(form);
            void save("filter", name, typed);
          }}
        />
      )}
      {known && (
        <button
          type="button"
          class="button button-bad"
          data-testid="delete-filter"
          onClick={(event) => {
            closeAround(event.currentTarget);
            void remove(known);
          }}
        >
          Delete
        </button>
      )}
    </div>
  );
}
