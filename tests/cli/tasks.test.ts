import { cpSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const run = (...args: string[]) => vrnn(args, folder);
const rowsOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
const few = ["--samples", "12"];
const columns = ["wave", "slow", "high"];
const data = () => readDataset(join(folder, "waves.csv"), { sequence: "run" });

beforeAll(async () => {
  writeSeries(join(folder, "waves.csv"));
  await run("train", "waves.csv", ...tiny);
});

describe("forecast", () => {
  test("prints a row for each sequence, step and column, after the last step of the test split", async () => {
    const { status, stdout, stderr } = await run("forecast", "runs/waves", "--horizon", "3", ...few);
    expect(status).toBe(0);
    const [header, ...rows] = rowsOf(stdout);
    expect(header!.join()).toBe("sequence,step,column,level,mean,q0.1,q0.5,q0.9");
    const { test: sequences } = data().splits;
    expect(rows).toHaveLength(sequences.length * 3 * 3);
    expect(rows[0]!.slice(0, 3)).toEqual([sequences[0]!.name, `${sequences[0]!.length + 1}`, "wave"]);
    expect(stderr).toMatch(/quantiles are the model's own: there are fewer than 50 forecasts/);
    expect(existsSync(join(folder, "runs/waves/calibration.json"))).toBe(false);
  });

  test("writes table, paths and picture, its settings to stdout", async () => {
    const files = ["--out", "f/f.csv", "--paths", "f/p.csv", "--picture", "f/f.svg"];
    const options = ["--horizon", "4", "--quantiles", "0.9,0.25", "--no-calibrate", ...few];
    const { stdout } = await run(
      "forecast",
      "runs/waves",
      "--data",
      "waves.csv",
      ...files,
      ...options,
      "--json",
    );
    expect(JSON.parse(stdout)).toEqual({
      out: "f/f.csv",
      paths: "f/p.csv",
      picture: "f/f.svg",
      sequences: 5,
      horizon: 4,
      samples: 12,
      context: "4000",
      quantiles: [0.25, 0.9],
      isCalibrated: false,
      seed: 1,
      temperature: 1,
      notes: [],
    });
    expect(rowsOf(read("f/f.csv"))).toHaveLength(1 + 5 * 4 * 3);
    expect(rowsOf(read("f/p.csv"))).toHaveLength(1 + 5 * 12 * 4);
    expect(read("f/f.svg")).toMatch(/^<svg [\s\S]*Forecast of [\s\S]*<\/svg>\n$/);
    const again = await run("forecast", "runs/waves", "--data", "waves.csv", ...options);
    expect(again.stdout).toBe(read("f/f.csv"));
  });
});

describe("a run with enough to calibrate by", () => {
  beforeAll(async () => {
    const lengths = [60, 60, 60, 120, 60];
    writeSeries(join(folder, "long.csv"), { lengths });
    await run("train", "long.csv", ...tiny);
  });

  test("calibrate prints the coverage of each column and horizon, and keeps what it learned", async () => {
    const options = ["--horizons", "1,3", "--samples", "20", "--json"];
    const { status, stdout } = await run("calibrate", "runs/long", "--split", "valid", ...options);
    expect(status).toBe(0);
    const { rows, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({
      level: 0.8,
      tolerance: 0.04,
      withinCells: true,
      notes: [
        "split by sequence, in order: 3 train, 1 valid, 1 test",
        "train: r0, r1 and r2; valid: r3; test: r4",
      ],
    });
    expect(
      rows.map(({ horizon, column }: { horizon: number; column: string }) => `${column} ${horizon}`),
    ).toEqual(["wave 1", "slow 1", "wave 3", "slow 3"]);
    for (const { count, calibrated, raw } of rows) {
      expect(count).toBeGreaterThan(50);
      // Learned from these very forecasts, but for other draws.
      expect(Math.abs(calibrated.coverage - 0.8)).toBeLessThan(0.12);
      expect(calibrated.pinball).toBeLessThan(1.2 * raw.pinball);
    }
    const kept = read("runs/long/calibration.json");
    expect(JSON.parse(kept)).toMatchObject({ version: 1, columns: { wave: expect.any(Array) } });
    expect((await run("calibrate", "runs/long", "--split", "valid", ...options)).stdout).toBe(stdout);
    const table = await run("calibrate", "runs/long", "--split", "valid", ...options.slice(0, -1));
    expect(table.stdout).toMatch(/of 4 within 76-84 %\n$/);
  });

  test("forecast uses it; a file that is none is refused; one of other weights is made anew", async () => {
    const options = ["--horizon", "2", ...few, "--out", "c.csv", "--json"];
    const { stdout } = await run("forecast", "runs/long", ...options);
    expect(JSON.parse(stdout)).toMatchObject({ isCalibrated: true });
    const calibrated = read("c.csv");
    await run("forecast", "runs/long", ...options, "--no-calibrate");
    expect(read("c.csv")).not.toBe(calibrated);
    const path = join(folder, "runs/long/calibration.json");
    const kept = read("runs/long/calibration.json");
    writeFileSync(path, "{}");
    const { status, stderr } = await run("forecast", "runs/long", ...options);
    expect(status).toBe(1);
    expect(stderr).toMatch(/calibration\.json: the calibration cannot be used: .* \(remove the file/);
    const strange: readonly (readonly [
      RegExp,
      (content: { columns: Record<string, number[][]>; horizons: number[] }) => unknown,
    ])[] = [
      [/no quantity "height"/, ({ columns }) => Object.assign(columns, { height: columns["wave"] })],
      [/no quantity "high"/, ({ columns }) => Object.assign(columns, { high: columns["wave"] })],
      [/levels of a map must rise/, ({ columns }) => columns["wave"]![0]!.reverse()],
      [/horizons must rise/, ({ horizons }) => horizons.reverse()],
      [/horizons must rise/, ({ horizons }) => horizons.fill(1)],
      [/a map for each horizon/, ({ columns }) => columns["wave"]!.pop()],
    ];
    for (const [message, spoil] of strange) {
      const content = JSON.parse(kept);
      spoil(content);
      writeFileSync(path, JSON.stringify(content));
      const refused = await run("forecast", "runs/long", ...options);
      expect([refused.status, refused.stdout, refused.stderr]).toEqual([
        1,
        "",
        expect.stringMatching(message),
      ]);
    }
    writeFileSync(path, JSON.stringify({ ...JSON.parse(kept), weights: "other" }));
    await run("forecast", "runs/long", ...options);
    expect(read("runs/long/calibration.json")).toBe(kept);
  });

  test("where it cannot be kept it serves once, and this is told", async () => {
    const options = ["--horizon", "2", ...few, "--out", "c.csv", "--json"];
    await run("forecast", "runs/long", ...options);
    const calibrated = read("c.csv");
    cpSync(join(folder, "runs/long"), join(folder, "runs/fixed"), { recursive: true });
    // Root may write to a folder that is read-only, but not to a place that cannot be.
    const path = join(folder, "runs/fixed/calibration.json");
    rmSync(path);
    symlinkSync("/proc/self/calibration.json", path);
    const { status, stdout } = await run("forecast", "runs/fixed", ...options);
    expect([status, JSON.parse(stdout).isCalibrated]).toEqual([0, true]);
    expect(JSON.parse(stdout).notes).toContainEqual(expect.stringMatching(/^what was learned is not kept/));
    expect(read("c.csv")).toBe(calibrated);
  });
});

describe("impute, of a run with enough to learn by", () => {
  const path = "runs/long/fill-calibration.json";
  const gaps = (...more: string[]) =>
    run(
      "impute",
      "runs/long",
      "--data",
      "gappy.csv",
      ...few,
      "--out",
      "g.csv",
      "--entries",
      "e.csv",
      ...more,
    );

  beforeAll(() => {
    const [header, ...rows] = rowsOf(read("long.csv"));
    const torn = rows.map((row, t) => (t % 9 === 4 ? [row[0], "", ...row.slice(2)] : row));
    writeFileSync(join(folder, "gappy.csv"), `${[header, ...torn].map((row) => row!.join()).join("\n")}\n`);
  });

  test("learns once how its draws turn out, keeps that, and says so", async () => {
    const first = await gaps("--json");
    expect(first.stderr).toMatch(/learning from the validation split how filled gaps turn out, once/);
    expect(JSON.parse(first.stdout)).toMatchObject({ isCalibrated: true, islandSize: 4, lag: 25 });
    expect(JSON.parse(first.stdout).effectiveSize).toBeGreaterThan(1);
    const kept = read(path);
    expect(JSON.parse(kept)).toMatchObject({ version: 1, lag: 25, columns: expect.any(Array) });
    const entries = read("e.csv");
    const second = await gaps();
    expect(second.stderr).not.toMatch(/learning/);
    expect(read("e.csv")).toBe(entries);
    expect(read(path)).toBe(kept);
    expect(JSON.parse((await gaps("--no-calibrate", "--json")).stdout)).toMatchObject({
      isCalibrated: false,
    });
    expect(read("e.csv")).not.toBe(entries);
  });

  test("the mean of an entry lies among its quantiles", async () => {
    await gaps("--quantiles", "0.01,0.99");
    for (const row of rowsOf(read("e.csv"))
      .slice(1)
      .filter((each) => each[2] === "wave")) {
      const [mean, low, high] = row.slice(4).map(Number) as [number, number, number];
      expect(mean).toBeGreaterThanOrEqual(low);
      expect(mean).toBeLessThanOrEqual(high);
    }
  });

  test("a single draw is one: it is another by another seed, and the first of many by the same", async () => {
    const filledBy = async (samples: string, seed: string) => {
      await gaps("--samples", samples, "--seed", seed, "--draws", "d.csv");
      const [, ...rows] = rowsOf(read("d.csv"));
      return new Map(
        rows.filter(([, , , draw]) => draw === "1").map((row) => [row.slice(0, 3).join(), row[4]]),
      );
    };
    const [one, again, other] = [
      await filledBy("1", "1"),
      await filledBy("3", "1"),
      await filledBy("1", "2"),
    ];
    expect(again).toEqual(one);
    for (const [place, value] of one) expect(other.get(place)).not.toBe(value);
  });

  test("keeps what stands in the file where what fills it is calibrated", async () => {
    const [header, ...rows] = rowsOf(read("gappy.csv"));
    const among = ([name, ...fields]: string[], code: string, note: string) => [
      name!,
      code,
      ...fields.toReversed(),
      note,
    ];
    const table = [
      among(header!, "code", "note"),
      ...rows.map((row, t) => among(row, `00${t}`, t % 2 === 0 ? "1,5 µs" : "")),
    ];
    const quoted = (field: string) => (field.includes(",") ? `"${field}"` : field);
    const lines = table.map((row) => row.map(quoted).join());
    writeFileSync(join(folder, "kept.csv"), `${lines.join("\n")}\n`);
    const options = ["--data", "kept.csv", ...few, "--out", "k.csv", "--json"];
    const { stdout } = await run("impute", "runs/long", ...options);
    expect(JSON.parse(stdout)).toMatchObject({ isCalibrated: true });
    const made = read("k.csv").trimEnd().split("\n");
    expect(made).toHaveLength(lines.length);
    let filled = 0;
    const isSame = (field: string, now: string) =>
      field === now || (field !== "" && now !== "" && Number(field) === Number(now));
    for (const [i, line] of lines.entries()) {
      const [before, now] = [line, made[i]!].map((each) => each.split(",")) as [string[], string[]];
      const changed = before.flatMap((field, j) => (isSame(field, now[j]!) ? [] : [j]));
      for (const j of changed) {
        expect(before[j]).toBe("");
        expect(now[j]).toMatch(/^-?\d+(\.\d{1,4})?$/); // on the grid of four decimals
      }
      filled += changed.length;
    }
    expect(filled).toBe(JSON.parse(stdout).filled);
  });

  test("one of the form before is learned again; what is strange in one is refused by its place", async () => {
    const kept = read(path);
    const { lag, islandSize, weights } = JSON.parse(kept);
    const before = { version: 1, weights, lag, islandSize, partial: [], whole: [] };
    writeFileSync(join(folder, path), JSON.stringify(before));
    expect((await gaps()).stderr).toMatch(/learning from the validation split/);
    expect(read(path)).toBe(kept);
    type Fill = { leans: Record<string, number>[]; scale: number[]; floor: number; errors: number[][] };
    const strange: readonly (readonly [RegExp, (fill: Fill) => unknown])[] = [
      [/the quantiles of errors must rise/, ({ errors }) => errors[0]!.reverse()],
      [/there must be errors for each lean/, ({ errors }) => errors.pop()],
      [
        /the distances must rise/,
        ({ leans, errors }) => leans.unshift({ ...leans[0]!, distance: 4 }) + errors.push(errors[0]!),
      ],
      [/columns\.0\.leans\.0\.share/, ({ leans }) => Object.assign(leans[0]!, { share: 1.5 })],
      [/columns\.0\.floor/, (fill) => Object.assign(fill, { floor: 0 })],
    ];
    for (const [message, spoil] of strange) {
      const content = JSON.parse(kept);
      spoil(content.columns[0]);
      writeFileSync(join(folder, path), JSON.stringify(content));
      const refused = await gaps();
      expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(message)]);
    }
    const content = JSON.parse(kept);
    content.companions[0].pop();
    writeFileSync(join(folder, path), JSON.stringify(content));
    expect((await gaps()).stderr).toMatch(/companions\.0/);
    const { companions: _, ...earlier } = JSON.parse(kept);
    writeFileSync(join(folder, path), JSON.stringify(earlier));
    expect((await gaps()).stderr).toMatch(/learning from the validation split/);
    expect(read(path)).toBe(kept);
  });

  test("a file that is none is refused; one of another lag is made anew", async () => {
    const kept = read(path);
    writeFileSync(join(folder, path), '{"version": 1}');
    expect((await gaps()).stderr).toMatch(/fill-calibration\.json: the calibration cannot be used/);
    writeFileSync(join(folder, path), kept);
    await gaps("--lag", "3");
    expect(JSON.parse(read(path))).toMatchObject({ lag: 3 });
  });
});

describe("what was seen", () => {
  test("filter: a row for each step and column, the observed value beside the forecast", async () => {
    const [header, ...rows] = rowsOf((await run("filter", "runs/waves", ...few)).stdout);
    expect(header!.join()).toBe("sequence,step,column,level,mean,q0.1,q0.5,q0.9,observed,filtered");
    const values = data().splits.test.flatMap((sequence) => [...sequence.values]);
    expect(rows.map((row) => (row[8] === "" ? Number.NaN : Number(row[8])))).toEqual(values);
  });

  test("encode: means and scales, and the state where it is asked for", async () => {
    const plain = rowsOf((await run("encode", "runs/waves")).stdout)[0]!;
    expect(plain.join()).toBe("sequence,step,z1,z2,z1.scale,z2.scale");
    const { stdout } = await run("encode", "runs/waves", "--state", "--out", "z.csv", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ out: "z.csv", latent: 2, samples: 16 });
    expect(rowsOf(read("z.csv"))[0]!.length).toBeGreaterThanOrEqual(6 + 6);
  });

  test("reconstruct: expected beside observed, the errors of columns to stdout", async () => {
    const { stdout } = await run("reconstruct", "runs/waves", "--out", "r.csv", "--json");
    const { errors } = JSON.parse(stdout);
    expect(errors.map(({ column }: { column: string }) => column)).toEqual(columns);
    const [, ...rows] = rowsOf(read("r.csv"));
    const squares = rows.filter((row) => row[2] === "wave").map((row) => Number(row[5]) ** 2);
    const error = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
    expect(errors[0].error).toBeCloseTo(error, 5);
  });

  test("impute: no gap is left, observed entries stay, entries and draws have tables of their own", async () => {
    const files = ["--out", "whole.csv", "--entries", "entries.csv", "--draws", "draws.csv"];
    const { stdout } = await run("impute", "runs/waves", "--data", "waves.csv", ...files, ...few, "--json");
    const { filled } = JSON.parse(stdout);
    const before = rowsOf(read("waves.csv")).slice(1);
    const after = rowsOf(read("whole.csv")).slice(1);
    expect(filled).toBe(before.flat().filter((field) => field === "").length);
    const named = (rows: readonly string[][], name: string) => rows.filter(([first]) => first === name);
    for (const name of ["r0", "r1", "r2", "r3", "r4"]) {
      const now = named(after, name);
      named(before, name).forEach((row, t) => {
        const seen = row.map((field, i) => (field === "" ? now[t]![i] : field));
        expect(now[t]!.slice(1).map(Number)).toEqual(seen.slice(1).map(Number));
      });
    }
    expect(after.flat()).not.toContain("");
    expect(rowsOf(read("entries.csv"))).toHaveLength(1 + filled);
    expect(rowsOf(read("draws.csv"))).toHaveLength(1 + 12 * filled);
    const again = await run("impute", "runs/waves", "--data", "whole.csv", ...few, "--out", "again.csv");
    expect(again.status).toBe(0);
    expect(again.stderr).toMatch(/nothing was missing/);
  });

  test("evaluate gives the bound of each sequence, which together are about that of all", async () => {
    const { stdout } = await run("evaluate", "runs/waves", "--data", "waves.csv", "--per-sequence", "--json");
    const { natsPerStep, steps, perSequence } = JSON.parse(stdout);
    expect(perSequence).toHaveLength(5);
    const all = perSequence.reduce((sum: number, { nats }: { nats: number }) => sum + nats, 0);
    expect(Math.abs(all / steps - natsPerStep)).toBeLessThan(0.2);
    const table = await run("evaluate", "runs/waves", "--data", "waves.csv", "--per-sequence");
    expect(table.stdout).toMatch(/\nsequence {2}steps {2}nats per step {2}nats\nr0 {8}23 /);
  });

  test("sample goes on from a prefix, which each sample begins with", async () => {
    writeFileSync(join(folder, "prefix.csv"), "run,wave,slow,high\na,0.5,0.25,1\na,0.75,0.5,0\n");
    const options = ["--count", "2", "--steps", "3", "--out", "on", "--json"];
    const { stdout } = await run("sample", "runs/waves", "--prefix", "prefix.csv", ...options);
    expect(JSON.parse(stdout)).toMatchObject({ prefix: "prefix.csv", count: 2, steps: 3 });
    const [first, second] = [read("on/sample-1.csv"), read("on/sample-2.csv")].map(rowsOf);
    expect(first).toHaveLength(1 + 2 + 3);
    expect(first!.slice(0, 3)).toEqual([columns, ["0.5", "0.25", "1"], ["0.75", "0.5", "0"]]);
    expect(first).not.toEqual(second);
  });
});

describe("bad input", () => {
  beforeAll(() => writeFileSync(join(folder, "other.csv"), "run,wave,slow\na,1,2\na,2,3\n"));

  test.each([
    [["forecast", "runs/waves", "--horizon", "0", "--out", "refused"], /'--horizon'/],
    [["forecast", "runs/waves", "--samples", "0", "--out", "refused"], /'--samples'/],
    [
      ["forecast", "runs/waves", "--quantiles", "0.5,1", "--out", "refused"],
      /'--quantiles': it must be below 1, and 1 was given/,
    ],
    [["forecast", "runs/waves", "--json"], /--json leaves no place for the table/],
    [
      ["forecast", "runs/waves", "--data", "other.csv", "--out", "refused"],
      /no column "high", which the model needs/,
    ],
    [["forecast", "runs/waves", "--future", "other.csv", "--out", "refused"], /the model has no covariates/],
    [["impute", "runs/waves", "--data", "other.csv", "--out", "refused"], /no column "high"/],
    [["impute", "runs/waves", "--samples", "0", "--out", "refused"], /'--samples'/],
    [["filter", "runs/waves", "--samples", "0", "--out", "refused"], /'--samples'/],
    [["encode", "runs/none", "--out", "refused"], /there is no run here/],
    [["reconstruct", "runs/waves", "--data", "absent.csv", "--out", "refused"], /no such file/],
    [["calibrate", "runs/waves", "--horizons", "0"], /'--horizons'/],
    [["calibrate", "runs/waves"], /fewer than 50 forecasts/],
    [["sample", "runs/waves", "--prefix", "other.csv", "--out", "refused"], /no column "high"/],
  ])("%j is refused in one line, and nothing is written", async (args, message) => {
    const { status, stdout, stderr } = await run(...args);
    expect(status).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });
});
