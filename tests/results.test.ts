/** The figures in the documents are the rows of docs/results, and the rows say of themselves what is true. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { again, entryAt, renewed } from "../scripts/results/again.mjs";
import { areas, fileOf, readRows, root, rowSchema, verdictOf } from "../scripts/results/rows.mjs";
import {
  documents,
  formatted,
  readTemplates,
  regenerated,
  render,
  rowsIn,
  tablesIn,
} from "../scripts/results/tables.mjs";

const rows = readRows();
const templates = readTemplates();
const names = rows.map(({ row }) => row);
const read = (file: string) => readFileSync(join(root, file), "utf8");

describe("documents and rows", () => {
  test.each(documents)("%s quotes what the rows say: npm run results -- --write makes it so", (file) => {
    const text = read(file);
    expect(text).toBe(regenerated(text, templates, rows));
  });

  test("each row stands in a table, and each table in a document", () => {
    const used = documents.flatMap((file) => tablesIn(read(file)));
    expect(Object.keys(templates).sort()).toEqual([...new Set(used)].sort());
    const shown = new Set(Object.values(templates).flatMap(rowsIn));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
  });

  test.each(areas())("$area has a row to a line", ({ area, path }) => {
    const own = rows.filter((row) => row.area === area).map(({ area: _, ...row }) => row);
    expect(readFileSync(path, "utf8")).toBe(fileOf(own));
  });

  test("the rows that others ask for by name are there", () => {
    const models = [
      "tiny",
      "music",
      "mid",
      "big",
      "lstm-lm",
      "gru-lm",
      "vocabulary-8000",
      "attention",
      "ctc",
    ];
    const speeds = [...models, "convolution", "jsb-epoch", "telemetry-epoch"].map((name) => `speed-${name}`);
    const asked = [
      "demo",
      "jsb-default",
      "jsb-lstm",
      "jsb-large",
      "omniglot",
      "memory-vocabulary-32000",
      ...speeds,
    ];
    expect(names).toEqual(expect.arrayContaining(asked));
  });
});

const { area: _, ...someRow } = rows.find(({ row }) => row === "jsb-default")!;
const complaint = (changes: object) =>
  rowSchema.safeParse({ ...someRow, ...changes }).error?.issues.map(({ path }) => path.join("."));

describe("a row", () => {
  test("is refused where it contradicts itself", () => {
    expect(complaint({})).toBeUndefined();
    expect(complaint({ verdict: "behind" })).toEqual(["verdict"]);
    expect(complaint({ interval: [0.2, 0.1] })).toEqual(["interval"]);
    expect(complaint({ baselines: {}, verdict: null, interval: [0.1, 0.2] })).toEqual(["interval"]);
    expect(complaint({ extract: null })).toEqual(["extract"]);
    expect(complaint({ command: null, extract: null, note: null })).toEqual(["note"]);
    expect(complaint({ row: "JSB default" })).toEqual(["row"]);
    expect(complaint({ seeds: [] })).toEqual(["seeds"]);
  });

  const two = { a: 3, b: 5 };
  test.each([
    ["more", 6, null, two, "ahead"],
    ["more", 4, null, two, "behind"],
    ["more", 5, null, two, "level"],
    ["less", 2, null, two, "ahead"],
    ["less", 4, null, two, "behind"],
    [{ near: 4 }, 4.5, null, two, "ahead"],
    [{ near: 4 }, 5.5, null, two, "behind"],
    ["more", 6, [0.1, 1.9], two, "ahead"],
    ["more", 6, [-0.1, 1.9], two, "level"],
    ["more", 4, [-1.5, -0.5], two, "behind"],
    ["less", 2, [-1.5, -0.5], two, "ahead"],
    ["more", 6, null, {}, null],
  ])("better %j, value %d, interval %j, baselines %j: %s", (better, value, interval, baselines, verdict) => {
    expect(verdictOf({ better, value, interval, baselines })).toBe(verdict);
  });
});

test("numbers as tables have them", () => {
  expect([formatted(0.81, ".1%"), formatted(8.5e-7, "e1"), formatted(2004, ".0,")]).toEqual([
    "81.0",
    "8.5e-7",
    "2,004",
  ]);
  expect([formatted(2, ".2"), formatted(-7.5)]).toEqual(["2.00", "-7.5"]);
  const rows = [{ row: "a", value: -1.25, baselines: { "the mean": -2 }, seconds: 9 }];
  expect(render("| {a .2} | {a/the mean .1} | {a@seconds} |\n    {a .1}", rows)).toBe(
    "| −1.25 | −2.0 | 9 |\n    -1.3",
  );
  const ratio = { row: "b", value: 1.2, better: "more", baselines: { rival: 1 }, interval: [0.1, 0.25] };
  expect(render("{b .2} ({b@low .2} to {b@high .2})", [ratio])).toBe("1.20 (1.10 to 1.25)");
  expect(() => render("{a@low}", rows)).toThrow("there is nothing for {a@low}");
  expect(() => render("{b}", rows)).toThrow("there is nothing for {b}");
  expect(() => render("{a/median}", rows)).toThrow("there is nothing for {a/median}");
});

test("a figure is found in what a command prints", () => {
  const printed = {
    rows: [
      { name: "a", horizon: 1 },
      { name: "a", horizon: 30, coverage: { own: 0.8 } },
    ],
  };
  expect(entryAt(printed, "rows[name=a,horizon=30].coverage.own")).toBe(0.8);
  expect(entryAt(printed, "rows[name=b].coverage.own")).toBeUndefined();
  expect(entryAt({ kinds: { "cpu-hog": { delay: 4 } } }, "kinds.cpu-hog.delay")).toBe(4);
});

test("a renewed row has the interval that was printed, less the best baseline", () => {
  const row = {
    ...someRow,
    ...{
      value: 1.2,
      baselines: { rival: 1 },
      interval: [0.1, 0.3],
      extract: "ratio",
      intervalExtract: "ends",
    },
  };
  const commit = { date: "2026-11-26", commit: "0123456" };
  const now = (printed: object) => renewed(row, { printed, seconds: 3.4 }, commit);
  expect(now({ ratio: 0.9876, ends: [0.951, 1.02] })).toMatchObject({
    ...{ value: 0.988, interval: [-0.049, 0.02], verdict: "level", seconds: 3, commit: "0123456" },
  });
  expect(() => now({ ratio: 0.9 })).toThrow("the command printed no interval at ends");
  expect(complaint({ intervalExtract: "ends" })).toEqual(["intervalExtract"]);
});

test("a row is measured again in a folder of its own", async () => {
  const command = `node -e 'console.log("words"); console.log(JSON.stringify({ a: fs.readdirSync(".").length }))'`;
  const found = await again({ row: "files", value: 3, command, extract: "a" });
  expect(found).toMatchObject({ row: "files", written: 3, found: 1, difference: -2 });
  const nothing = again({ row: "files", value: 3, command, extract: "b" });
  await expect(nothing).rejects.toThrow("files: the command printed no figure at b");
  const failing = again({ row: "files", value: 3, command: "exit 4", extract: "a" });
  await expect(failing).rejects.toThrow("the command ended with 4: exit 4");
});
