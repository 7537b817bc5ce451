import { expect, it } from "vitest";
import { systemCharts } from "./system.ts";

const titles = (...names: string[]): string[] => systemCharts(names).map((chart) => chart.title);

it("draws the devices of one kind together, in their order", () => {
  const [chart] = systemCharts(["gpu/10/utilization", "gpu/2/utilization", "gpu/0/utilization"]);
  expect(chart!.title).toBe("gpu/*/utilization");
  expect(chart!.unit).toBe("%");
  expect(chart!.lines.map((line) => line.label)).toEqual(["0", "2", "10"]);
  expect(chart!.lines.map((line) => line.name)).toEqual(["gpu/0/utilization", "gpu/2/utilization", "gpu/10/utilization"]);
});

it("draws what is measured alike together", () => {
  const [chart] = systemCharts(["gpu/0/power", "gpu/0/power_limit", "gpu/1/power", "gpu/1/power_limit"]);
  expect(chart!.title).toBe("gpu/*/power");
  expect(chart!.lines.map((line) => line.label)).toEqual(["0 power", "0 power_limit", "1 power", "1 power_limit"]);
  expect(titles("memory/used", "memory/total", "memory/available", "memory/percent")).toEqual(["memory/capacity", "memory/percent"]);
  expect(titles("network/sent_mb_per_sec", "network/recv_mb_per_sec", "disk/read_iops", "disk/write_iops")).toEqual(["disk/operations", "network/throughput"]);
});

it("keeps apart what all devices do as one from what each does", () => {
  expect(titles("cpu/utilization", "cpu/0/utilization", "cpu/1/utilization")).toEqual(["cpu/*/utilization", "cpu/utilization"]);
});

it("puts devices in one order, and what users log themselves behind them", () => {
  expect(titles("gpu/0/fan_speed", "gpu/0/temp", "gpu/0/utilization", "gpu/0/total_memory")).toEqual(["gpu/*/utilization", "gpu/*/memory", "gpu/*/temp", "gpu/*/fan_speed"]);
  expect(titles("mine/a", "network/recv_mb_per_sec", "cpu/utilization", "gpu/0/temp", "memory/percent")).toEqual([
    "gpu/*/temp", "cpu/utilization", "memory/percent", "network/throughput", "mine/a",
  ]);
});

it("has a chart of all temperatures, by their sensors", () => {
  const [chart] = systemCharts(["temp/Core 0", "temp/nvme_0", "temp/a/b"]);
  expect([chart!.title, chart!.unit]).toEqual(["temp", "°C"]);
  expect(chart!.lines.map((line) => line.label)).toEqual(["a/b", "Core 0", "nvme_0"]);
});

it.each([
  ["gpu/0/allocated_memory", "GiB"], ["gpu/total_allocated_memory", "GiB"], ["gpu/0/memory_usage", null], ["gpu/mean_utilization", "%"],
  ["gpu/0/energy_consumed", "J"], ["gpu/total_power", "W"], ["gpu/max_temp", "°C"], ["cpu/frequency", "MHz"], ["disk/read_iops", "1/s"],
  ["gpu/0/pcie_tx", "MiB/s"], ["swap/percent", "%"], ["anything", null], ["loss/total_loss", null],
])("knows that %s is in %s", (name, unit) => {
  expect(systemCharts([name])[0]!.unit).toBe(unit);
});

it("takes names of any form", () => {
  expect(titles("", "/", "7", "a//b")).toHaveLength(4);
});
