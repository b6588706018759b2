/** Where data come from, and how the command line is told to read them. */
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { beforeAll, describe, expect, test } from "vitest";
import { npyOf } from "../data/npy-bytes.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn, vrnnFed } from "./vrnn.ts";

const folder = scratchFolder();
const small = ["--hidden", "4", "--latent", "2", "--epochs", "1"];
const run = (...args: string[]) => vrnn(args, folder);
const at = (name: string) => join(folder, name);

const table = (rows: number, delimiter = ",") =>
  [["t", "x"], ...Array.from({ length: rows }, (_, t) => [t, Math.sin(t / 5).toFixed(2)])]
    .map((row) => `${row.join(delimiter)}\n`)
    .join("");

/** Runs `vrnn` with some input, which comes in two pieces with a pause between. */
function piped(input: string, ...args: string[]): Promise<Outcome> {
  return vrnnFed(args, folder, (stdin) => {
    stdin.write(input.slice(0, 100));
    setTimeout(() => stdin.end(input.slice(100)), 300);
  });
}

beforeAll(async () => {
  mkdirSync(at("many"));
  for (const name of ["a", "b", "c"]) writeFileSync(at(`many/${name}.csv`), table(90));
  writeFileSync(at("data.csv"), table(90));
  expect((await run("train", "data.csv", ...small)).status).toBe(0);
});

describe("-", () => {
  test("reads stdin in the format that is told, as if it were a file", async () => {
    const data = await run("info", "data.csv");
    const file = { ...data, stderr: data.stderr.replace("note: data: ", "note: stdin: ") }; // a sequence is called after its file
    expect(await piped(table(90), "info", "-", "--format", "csv")).toEqual(file);
    const tabs = await piped(table(90, "\t"), "info", "-", "--format", "tsv");
    expect(tabs).toEqual(file);
    const lines = Array.from({ length: 90 }, (_, t) => `{"t": ${t}, "x": ${Math.sin(t / 5).toFixed(2)}}\n`);
    expect(await piped(lines.join(""), "info", "-", "--format", "jsonl")).toEqual(file);
  });

  test("reads arrays once, as stdin gives them once", async () => {
    const { status, stdout } = await vrnnFed(["info", "-", "--format", "npz"], folder, (stdin) =>
      stdin.end(
        zipSync({
          "wind.npy": npyOf(
            Array.from({ length: 90 }, (_, i) => Math.sin(i)),
            [90],
          ),
        }),
      ),
    );
    expect([status, stdout]).toEqual([0, expect.stringMatching(/wind +real/)]);
  });

  test("without a format, or with one that is none, is refused and names them all", async () => {
    const { status, stderr } = await piped(table(9), "info", "-");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/option format: csv, tsv, jsonl, json/)]);
    expect((await piped(table(9), "info", "-", "--format", "xml")).status).toBe(2);
  });

  test("is what commands work on, and what a model is trained on; what it was is not there any more", async () => {
    const own = await run("evaluate", "runs/data", "--data", "data.csv");
    expect(await piped(table(90), "evaluate", "runs/data", "--data", "-", "--format", "csv")).toEqual(own);
    const trained = await piped(table(90), "train", "-", "--format", "csv", ...small);
    expect([trained.status, existsSync(at("runs/stdin/config.json"))]).toEqual([0, true]);
    const gone = await run("evaluate", "runs/stdin");
    expect(gone.status).toBe(1);
    expect(gone.stderr).toMatch(
      /^error: -: the data .* came on stdin \(say where they are now: --data <path>/,
    );
    expect((await run("evaluate", "runs/stdin", "--data", "data.csv")).stdout).toBe(own.stdout);
  });
});

describe("several files", () => {
  const files = ["many/a.csv", "many/b.csv", "many/c.csv"];

  test("are read as the folder that holds them, and are found again", async () => {
    const whole = await run("info", "many");
    expect((await run("info", ...files)).stdout).toBe(whole.stdout);
    await run("train", "many", ...small, "--out", "runs/folder");
    const { status } = await run("train", ...files, ...small, "--out", "runs/files");
    expect(status).toBe(0);
    const weights = (name: string) => readFileSync(at(`runs/${name}/weights.safetensors`));
    expect(weights("files")).toEqual(weights("folder"));
    expect((await run("evaluate", "runs/files")).stdout).toBe((await run("evaluate", "runs/folder")).stdout);
    const more = await run("train", "--resume", "runs/files", "--epochs", "2");
    expect([more.status, more.stderr]).toEqual([0, expect.stringContaining("saved in runs/files")]);
    renameSync(at("many/b.csv"), at("many/moved.csv"));
    const gone = await run("evaluate", "runs/files");
    expect(gone.stderr).toMatch(/many\/b\.csv: the data that the run was trained on are not here \(.*--data/);
    renameSync(at("many/moved.csv"), at("many/b.csv"));
  });

  test("are never written over", async () => {
    const { status, stderr } = await run("score", "runs/files", "--out", "many/b.csv");
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/many\/b\.csv: this file would be written over/),
    ]);
  });

  test.each([
    [["many/a.csv", "many/a.csv"], /named already/],
    [["many/a.csv", "./many/../many/a.csv"], /named already/],
    [["many/a.csv", "many"], /this is a folder/],
    [["many/a.csv", "-"], /stdin stands alone/],
    [["many/a.csv", "many/z.csv"], /no such file/],
  ])("%j is refused", async (paths, message) => {
    const { status, stderr } = await run("info", ...paths);
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});

describe("names that do not tell what a file is", () => {
  test("a .txt that looks like a table is one, which is said, unless it is said to be text", async () => {
    writeFileSync(at("data.txt"), table(90));
    const { stdout, stderr } = await run("info", "data.txt");
    expect(stderr).toContain("data.txt is read as a table: as text with --tokens chars");
    expect(stdout).toBe((await run("info", "data.csv")).stdout);
    expect((await run("info", "data.txt", "--format", "csv")).stdout).toBe(stdout);
    expect((await run("info", "data.txt", "--tokens", "chars")).stdout).toMatch(/characters/);
    writeFileSync(
      at("prose.txt"),
      "To be, or not to be\nthat is, the question\nwhether, it is\nnobler, in\n",
    );
    expect((await run("info", "prose.txt")).stdout).toMatch(/characters/);
  });

  test("a pattern that matches nothing says so", async () => {
    expect((await run("info", "many/*.xlsx")).stderr).toMatch(/many\/\*\.xlsx: no file matches the pattern/);
  });

  test("a link to a folder of a split is that split", async () => {
    mkdirSync(at("linked"));
    symlinkSync(at("many"), at("linked/train"));
    expect((await run("info", "linked")).stdout).toMatch(/^train: 2 sequences/);
  });
});

describe("info reads as training does", () => {
  test("with all the options of reading; what is known beside the columns stands in the table", async () => {
    const rows = Array.from({ length: 90 }, (_, i) => {
      const region = ["north", "NA", "south"][Math.floor(i / 30)];
      return `${i % 30},s${Math.floor(i / 30)},${region},${i % 7 === 0 ? "gone" : Math.cos(i)},7\n`;
    });
    writeFileSync(at("shops.csv"), `when,shop,region,sales,code\n${rows.join("")}`);
    const options = ["--missing", "gone", "--time", "when", "--sequence", "shop", "--static", "region"];
    const { status, stdout } = await run("info", "shops.csv", ...options, "--kind", "code=real");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^sales +real/m);
    // One of the two shops that train has no region.
    const whole = await run("info", "shops.csv", ...options, "--split", "1,0,0");
    expect(whole.stdout).toMatch(/^region +categorical, static +north, south \(2\) +33 %/m);
    const trained = await run("train", "shops.csv", ...options, ...small, "--split", "1,0,0");
    for (const line of whole.stdout.split("\n")) expect(trained.stderr).toContain(line);
  });

  test("of a run nothing is read, and that is said", async () => {
    const { status, stderr } = await run("info", "runs/data", "--missing", "x");
    expect([status, stderr]).toEqual([2, expect.stringMatching(/option '--missing' says how data are read/)]);
  });
});

describe("what people type", () => {
  test("names with commas stand in quotes within a list, and the error says so", async () => {
    writeFileSync(
      at("names.csv"),
      `"load, 1 min","say ""hi""",x\n${table(90)
        .split("\n")
        .slice(1, -1)
        .map((line, i) => `${line},${(i * 7) % 11}\n`)
        .join("")}`,
    );
    const left = async (...drop: string[]) =>
      (await run("info", "names.csv", ...drop.flatMap((each) => ["--drop", each]))).stdout.match(
        /^(load, 1 min|say "hi"|x) /gm,
      )?.length;
    expect(await left()).toBe(3);
    expect(await left('"load, 1 min"')).toBe(2);
    expect(await left('"load, 1 min",x')).toBe(1);
    expect(await left('"load, 1 min"', "x")).toBe(1);
    expect(await left('"say ""hi""",x')).toBe(1);
    expect((await run("info", "names.csv", "--drop", "load, 1 min")).stderr).toMatch(
      /in quotes: "load, 1 min"/,
    );
    for (const mistaken of ['"load, 1 min', 'say "hi",x']) {
      const { status, stderr } = await run("info", "names.csv", "--drop", mistaken);
      expect([status, stderr]).toEqual([2, expect.stringMatching(/Its quotes: a quote /)]);
    }
  });

  test("shares of the split may be in per cent; what are none is told in words", async () => {
    const whole = await run("info", "data.csv", "--split", "0.8,0.1,0.1");
    expect(await run("info", "data.csv", "--split", "80,10,10")).toEqual(whole);
    for (const shares of ["0.8,0.2", "1,1,1", "-1,1,1", "50,50,50", "0.5,0.5,0,0"]) {
      const { status, stderr } = await run("info", "data.csv", `--split=${shares}`);
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/option '--split': shares of training, validation and test/),
      ]);
    }
  });

  test("sequences of one row each are not a single row", async () => {
    writeFileSync(
      at("singles.csv"),
      `id,x\n${Array.from({ length: 40 }, (_, i) => `p${i},${i % 7}\n`).join("")}`,
    );
    const { stderr } = await run("train", "singles.csv", "--sequence", "id", ...small);
    expect(stderr).toMatch(/each of the 40 sequences has a single row.*the option sequence/);
  });

  test("where nothing was observed the bound is 0, without a sign", async () => {
    writeFileSync(at("nothing.csv"), `t,x\n${Array.from({ length: 20 }, (_, t) => `${t},\n`).join("")}`);
    expect((await run("evaluate", "runs/data", "--data", "nothing.csv")).stdout).toMatch(
      /per step +0\.000 nats/,
    );
  });

  test("a short validation split leaves out the alarms of the report, and not the report", async () => {
    writeFileSync(at("short.csv"), table(60));
    const { stderr } = await run("train", "short.csv", ...small);
    expect(stderr).toMatch(/^report: /m);
    expect(readFileSync(at("runs/short/report.html"), "utf8")).toMatch(
      /no alarms.*9 clean steps are too few/s,
    );
  });
});

describe("impute", () => {
  test("keeps what stands in the file: columns that are not modelled, dates as they were written, the order", async () => {
    const rows = Array.from({ length: 120 }, (_, i) => {
      const when = new Date(Date.UTC(2024, 4, 1, 0, i)).toISOString().slice(0, 19).replace("T", " ");
      const level = i % 23 > 0 && i % 23 < 4 ? "" : (13.4 + Math.sin(i / 9)).toFixed(3);
      return [`"n, ${i}"`, `00${i}`, when, level, "7", i % 31 === 5 ? "" : i % 40 < 20 ? "on" : "off"].join(
        ",",
      );
    });
    const header = "note,code,time,level,unit,mode";
    writeFileSync(at("gaps.csv"), `${[header, ...rows].join("\n")}\n`);
    expect((await run("train", "gaps.csv", "--drop", "note,code", "--time", "time", ...small)).status).toBe(
      0,
    );
    await run("impute", "runs/gaps", "--data", "gaps.csv", "--samples", "5", "--out", "filled.csv");
    const [names, ...filled] = readFileSync(at("filled.csv"), "utf8").trimEnd().split("\n");
    expect(names).toBe(header);
    expect(filled).toHaveLength(rows.length);
    for (const [i, row] of filled.entries()) {
      const [made, given] = [row.split(","), rows[i]!.split(",")];
      const isSame = (field: string, j: number) =>
        field === given[j] || (field !== "" && Number(field) === Number(given[j]));
      const changed = made.flatMap((field, j) => (isSame(field, j) ? [] : [j]));
      expect(changed).toEqual(given.flatMap((field, j) => (field === "" ? [j] : [])));
      expect(made).not.toContain("");
    }
  });

  test("names the sequences in the column that named them, and those of the test split alone", async () => {
    const rows = Array.from(
      { length: 160 },
      (_, i) => `p${i % 4},${Math.floor(i / 4)},${i % 9 === 2 ? "" : Math.cos(i / 8).toFixed(2)},${i}\n`,
    );
    writeFileSync(at("fleet.csv"), `id,t,x,serial\n${rows.join("")}`);
    expect((await run("train", "fleet.csv", "--sequence", "id", "--drop", "serial", ...small)).status).toBe(
      0,
    );
    const { stdout } = await run("impute", "runs/fleet", "--samples", "5");
    const [names, ...filled] = stdout.trimEnd().split("\n");
    expect(names).toBe("id,t,x,serial");
    const given = rows.filter((row) => row.startsWith("p3,")).map((row) => row.trim().split(","));
    expect(filled.map((row) => row.split(",")).map(([id, t, , serial]) => [id, t, serial])).toEqual(
      given.map(([id, t, , serial]) => [id, t, serial]),
    );
  });
});

test("a run reads other dates in the order that it found in its own: a few days do not tell the day from the month", async () => {
  const days = (from: number, count: number, more = "") =>
    Array.from({ length: count }, (_, i) => {
      const [year, month, day] = new Date(Date.UTC(2024, 0, from + i)).toISOString().slice(0, 10).split("-");
      return `${day}/${month}/${year}${more},${i % 2}\n`;
    }).join("");
  writeFileSync(at("days.csv"), `date,x,promo\n${days(1, 90, ",0.5").replaceAll("0.5,1", "1.5,1")}`);
  writeFileSync(at("few.csv"), `date,x,promo\n${days(92, 4, ",0.5")}`);
  writeFileSync(at("future.csv"), `date,promo\n${days(96, 4)}`);
  expect((await run("train", "days.csv", "--covariates", "promo", ...small)).status).toBe(0);
  const { data } = JSON.parse(readFileSync(at("runs/days/config.json"), "utf8"));
  expect(data.schema).toMatchObject({ dates: "day-first" });
  const scored = await run("score", "runs/days", "--data", "few.csv");
  expect([scored.status, scored.stderr]).toEqual([0, expect.stringContaining("(dates, read day first)")]);
  expect(scored.stdout).toContain("2024-04-04");
  const told = await run(
    "forecast",
    "runs/days",
    "--data",
    "few.csv",
    "--future",
    "future.csv",
    "--horizon",
    "4",
  );
  expect([told.status, told.stdout]).toEqual([0, expect.stringContaining("2024-04-08")]);
});

test("a split that is told of data that say theirs is refused", async () => {
  mkdirSync(at("said"));
  for (const name of ["train", "valid", "test"]) writeFileSync(at(`said/${name}.csv`), table(90));
  expect((await run("info", "said")).status).toBe(0);
  for (const [option, value] of [
    ["--shuffle", "3"],
    ["--split", "0.5,0.25,0.25"],
    ["--split-by", "time"],
  ] as const) {
    const { status, stderr } = await run("info", "said", option, value);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(`^error: said: the option ${option.slice(2)} has no effect: the data say`),
    ]);
  }
});
