import { expect, it } from "vitest";
import { parsePage } from "./url.ts";
import { pageOfView, viewQuery } from "./view-query.ts";

it("takes all of a view along, and nothing of where it is looked at", () => {
  const search = "?tab=runs&filter=a < 1&latest=3&sort=-last:loss&column=status&smoothing=0.9&view=c:::0.5:7&pinned=a,b";
  const query = viewQuery(parsePage(`${search}&project=p&__theme=dark&embed=1&navbar=hidden&saved=0123456789ab`));
  expect(parsePage(query)).toEqual(parsePage(search));
});

it("shows a view in the project, the frame and the theme that it is opened in", () => {
  const here = parsePage("?project=p&__theme=dark&embed=1&smoothing=0.5&run_ids=a&saved=0123456789ab");
  const there = pageOfView("?tab=compare&project=other&__theme=light", here);
  expect(there).toEqual(parsePage("?project=p&__theme=dark&embed=1&tab=compare"));
});
