import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { columnOf } from "./columns.ts";
import { tableAsCsv, tableAsJson } from "./table-files.ts";

const summary = { loss: { last: 0.1 + 0.2, min: -1, max: 1, mean: 0, count: 3, last_step: 2 } };
const run = { name: 'a, "b"\nc', config: { lr: 1e-7, mix: ["web", "code"], on: true }, summary, tags: [], notes: "=1+1" } as unknown as Run;
const columns = ["name", "last:loss", "min:loss", "config:lr", "config:mix", "config:on", "config:none", "notes"].map((id) => columnOf(id)!);

it("writes CSV that spreadsheets read back, without running any of it", () => {
  const [head, rest] = [tableAsCsv([run], columns).split("\r\n")[0], tableAsCsv([run], columns)];
  expect(head).toBe("name,loss,min:loss,config:lr,config:mix,config:on,config:none,notes");
  expect(rest.slice(head!.length + 2)).toBe(`"a, ""b""\nc",${0.1 + 0.2},-1,1e-7,"[""web"",""code""]",true,,'=1+1\r\n`);
});

it("writes JSON with values as they are", () => {
  expect(JSON.parse(tableAsJson([run], columns))).toEqual([
    {
      name: run.name, loss: 0.1 + 0.2, "min:loss": -1, "config:lr": 1e-7, "config:mix": ["web", "code"], "config:on": true, "config:none": null, notes: "=1+1",
    },
  ]);
});
