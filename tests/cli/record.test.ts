import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn } from "./vrnn.ts";

const folder = scratchFolder();

test("record writes a table and its labels where the demo looks for them", async () => {
  const args = [
    "record",
    "--out",
    "mine",
    "--name",
    "train-01.csv",
    "--seconds",
    "1",
    "--seed",
    "7",
    "--json",
  ];
  const { status, stdout, stderr } = await vrnn(args, folder);
  expect(stderr).toContain("5 rows in mine/train-01.csv, 0 incidents in mine/train-01.incidents.json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    table: "mine/train-01.csv",
    labels: "mine/train-01.incidents.json",
    rows: 5,
    incidents: [],
  });
  const [header, ...rows] = readFileSync(join(folder, "mine", "train-01.csv"), "utf8")
    .trimEnd()
    .split("\n");
  expect(header).toMatch(/^time_s,cpu0_user,/);
  expect(rows).toHaveLength(5);
});

test.each([
  [["--seconds", "30", "--incidents", "9"], /30 s are too short for 9 incidents/],
  [["--kinds", "cpu-hog,meteor", "--incidents", "1"], /no incident is called "meteor"/],
])("record %j is refused in one line, and nothing is written", async (args, message) => {
  const { status, stderr } = await vrnn(["record", "--out", "none", ...args], folder);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(existsSync(join(folder, "none"))).toBe(false);
});
