import { describe, expect, it } from "vitest";
import { formatPage, parsePage, saysView } from "./url.ts";

describe("the address of a page", () => {
  it("is read as docs/HTTP.md says", () => {
    const page = parsePage("?project=log-table&metrics=loss,text&sidebar=hidden&x_axis=time&xmin=1&xmax=2.5&plots_per_row=2");
    expect(page).toMatchObject({
      project: "log-table",
      metrics: ["loss", "text"],
      sidebar: "hidden",
      xAxis: "time",
      xMin: 1,
      xMax: 2.5,
      plotsPerRow: 2,
      tab: "charts",
    });
  });

  it("takes trackio's older names", () => {
    expect(parsePage("?selected_project=p&x-axis=step&__theme=dark")).toMatchObject({ project: "p", xAxis: "step", theme: "dark" });
  });

  it("leaves out empty tabs unless it says that they are to be there", () => {
    const shown = ["", "?hide_empty_tabs=true", "?hide_empty_tabs=false"].map((search) => !parsePage(search).hideEmptyTabs);
    expect(shown).toEqual([false, false, true]);
    expect(formatPage(parsePage("?hide_empty_tabs=false"))).toBe("?hide_empty_tabs=0");
  });

  it("survives being written and read again", () => {
    const search =
      "?project=a b&metrics=train/loss,x&runs=r1,r2&smoothing=0.6&tab=media&sidebar=collapsed&group=lr&navbar=hidden&accordion=hidden";
    const page = parsePage(search);
    expect(parsePage(formatPage(page))).toEqual(page);
  });

  it("holds the whole view of the charts", () => {
    const search =
      "?project=p&smoothing=0.9&smoothing_kind=gaussian&x_axis=epoch&xmin=1&xmax=2&view=a:b:1:2::&view=c:::0.5:7&linked=0&follow=1&cursor=4&log_x=1" +
      "&y_scale=symlog&outliers=1&bands=off&plots_per_row=3&height=large&pinned=a,b&pinned=c&full=c&group=lr&spread=range";
    const page = parsePage(search);
    expect(page).toMatchObject({ xAxis: "epoch", yScale: "symlog", pinned: ["a,b", "c"], linked: false, smoothingKind: "gaussian" });
    expect([...page.views]).toEqual([["a:b", { x: [1, 2], y: null }], ["c", { x: null, y: [0.5, 7] }]]);
    expect(formatPage(page)).toBe(search);
  });

  it("says whether it tells how charts are drawn", () => {
    expect(saysView("?project=p&runs=a")).toBe(false);
    expect(saysView("?project=p&smoothing=0")).toBe(true);
  });

  it("keeps fields it does not know", () => {
    expect(formatPage(parsePage("?project=p"), "?project=old&write_token=x")).toBe("?project=p&write_token=x");
  });

  it("leaves out what is as usual", () => {
    expect(formatPage(parsePage(""))).toBe("");
    expect(formatPage(parsePage("?project=p&tab=charts"))).toBe("?project=p");
  });

  it.each(["?smoothing=x", "?tab=nowhere", "?y_scale=up", "?outliers=maybe", "?view=loss:2:1::", "?sidebar=maybe", "?xmin=NaN", "?__theme=pink"])("ignores %s", (search) => {
    expect(parsePage(search)).toEqual(parsePage(""));
  });

  it("reads a smoothing of 1 and more as a window", () => {
    expect(parsePage("?smoothing=1").smoothing).toBe(0);
    expect(parsePage("?smoothing=19").smoothing).toBeCloseTo(0.9);
  });
});
