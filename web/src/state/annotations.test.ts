import { beforeEach, expect, it, vi } from "vitest";
import type { Shared } from "../api/types.ts";

vi.hoisted(() => {
  vi.stubGlobal("location", { search: "?project=p", pathname: "/", href: "http://localhost/" });
  vi.stubGlobal("window", Object.assign(globalThis, { addEventListener: () => {}, parent: globalThis }));
});
vi.mock("./shared.ts", async () => ({ shared: (await import("@preact/signals")).signal(null) }));

const { annotating, annotationsOf, draft, write } = await import("./annotations.ts");
const { shared } = await import("./shared.ts");

const annotation = (id: string, metric: string | null) => ({ id, metric, first: 1, last: 2, text: id, created: 0 });

beforeEach(() => {
  shared.value = { annotations: [annotation("a", "loss"), annotation("b", null), annotation("c", "acc")] } as unknown as Shared;
});

it("shows in a chart what was written there and everywhere", () => {
  expect(annotationsOf(["loss"]).map(({ id }) => id)).toEqual(["a", "b"]);
  shared.value = null;
  expect(annotationsOf(["loss"])).toEqual([]);
});

it("begins to write at whole steps", () => {
  write("loss", 9.6);
  expect(draft.value).toEqual({ id: null, metric: "loss", first: 10, last: 10, text: "" });
  write("loss", 9.6, 20.2);
  expect(draft.value).toMatchObject({ first: 10, last: 20 });
});

it("asks for one as it is given", () => {
  expect(annotating("p", annotation("a", "loss"))).toEqual({ action: "annotate", project: "p", annotation: "a", metric: "loss", first: 1, last: 2, text: "a" });
});
