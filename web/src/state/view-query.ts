import { formatPage, parsePage } from "./url.ts";
import type { PageState } from "./url.ts";

/** Parts of an address that say where and by whom a view is looked at, and are none of it. */
const APART = { project: null, saved: null, embed: false, theme: null, navbar: true } satisfies Partial<PageState>;

/** Returns a page's view as the query of an address that says nothing else. */
export function viewQuery(page: PageState): string {
  return formatPage({ ...page, ...APART });
}

/** Returns the page that shows a view where another was. */
export function pageOfView(query: string, here: PageState): PageState {
  const { project, embed, theme, navbar } = here;
  return { ...parsePage(query), project, embed, theme, navbar, saved: null };
}
