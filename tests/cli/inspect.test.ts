import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn, vrnnFed } from "./vrnn.ts";

const folder = scratchFolder();
const at = (name: string) => join(folder, name);
const wave = (t: number) => (10 + 5 * Math.sin((2 * Math.PI * t) / 12) + Math.sin(t * t)).toFixed(2);
const csv = `hour,load,note\n${Array.from({ length: 240 }, (_, t) => `2024-01-${String(1 + Math.floor(t / 24)).padStart(2, "0")} ${String(t % 24).padStart(2, "0")}:00,${wave(t)},${t % 2 ? "x" : "y"}`).join("\n")}\n`;

test("data are inspected, written as a schema, drawn, and trained on by it", async () => {
  writeFileSync(at("data.csv"), csv);
  const shown = await vrnn(
    ["inspect", "data.csv", "--schema", "s.json", "--picture", "p.svg", "--drop", "note"],
    folder,
  );
  expect(shown.status).toBe(0);
  expect(shown.stdout).toMatch(/a step every 1 hour \(column "hour"\)/);
  expect(shown.stdout).toMatch(/load .* 12 \(12 hours\)/);
  expect(readFileSync(at("p.svg"), "utf8")).toMatch(/^<svg.*season 12/s);
  const schema = JSON.parse(readFileSync(at("s.json"), "utf8"));
  expect(schema.columns.map(({ name, role }: Record<string, string>) => [name, role])).toEqual([
    ["load", "target"],
    ["note", "left out"],
  ]);
  const trained = await vrnn(
    ["train", "data.csv", "--schema", "s.json", "--epochs", "1", "--hidden", "4", "--out", "run"],
    folder,
  );
  expect([trained.status, trained.stderr]).toEqual([0, expect.not.stringContaining("error")]);
  const { data } = JSON.parse(readFileSync(at("run/config.json"), "utf8"));
  expect([data.schema.only, data.schema.time]).toEqual([["load"], "hour"]);
});

test("a schema that names nothing, and an empty stdin, are one line each", async () => {
  writeFileSync(at("data.csv"), csv);
  writeFileSync(at("none.json"), '{ "columns": [] }');
  const refused = await vrnn(["train", "data.csv", "--schema", "none.json"], folder);
  expect([refused.status, refused.stderr]).toEqual([
    1,
    'error: none.json: it names no column to model (give one the role "target")\n',
  ]);
  const empty = await vrnnFed(["inspect", "-", "--format", "csv"], folder, (stdin) => stdin.end());
  expect([empty.status, empty.stderr]).toEqual([
    1,
    expect.stringMatching(/^error: .*the file is empty.*\n$/),
  ]);
});
