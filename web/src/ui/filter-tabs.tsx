import { readOnly } from "../state/read-only.ts";
import { runFilter, runFilterError, setRunFilter } from "../state/run-filter.ts";
import { savedFilters } from "../state/shared.ts";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { Popover } from "./popover.tsx";

const Waiting = () => <div class="filter-form" aria-busy="true" />;
const FilterForm = lazy(() => import("./filter-form.tsx").then((file) => file.FilterForm), Waiting);

/** Saved filters beside each other; the one that holds is pressed, and what holds can be saved. */
export function FilterTabs() {
  const typed = runFilter.value.trim();
  const filters = savedFilters.value;
  const known = filters.find((each) => each.query === typed);
  const canChange = !readOnly && typed !== "" && runFilterError.value === null;
  if (filters.length === 0 && !canChange) return null;
  const label = known ? `Rename or delete ${known.name}` : "Save this filter for everybody";
  return (
    <div class="filter-tabs" role="group" aria-label="Saved filters" data-testid="filter-tabs">
      {filters.map((each) => (
        <button
          key={each.id}
          type="button"
          class="filter-tab ellipsis"
          aria-pressed={each === known}
          title={each.query}
          data-testid="filter-tab"
          onClick={() => setRunFilter(each === known ? "" : each.query)}
        >
          <bdi>{each.name}</bdi>
        </button>
      ))}
      {canChange && (
        <Popover label={label} class="filter-tab filter-tool" testid="filter-menu" face={known ? <Icon name="dots" /> : <><Icon name="plus" /> Save</>}>
          <FilterForm />
        </Popover>
      )}
    </div>
  );
}
