import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { type Outcome, tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const rows = (line: (t: number) => string) => Array.from({ length: 30 }, (_, t) => line(t)).join("\n");

/** One line that begins with "error: ", and nothing on stdout. */
function expectOneLine({ status, stdout, stderr }: Outcome, expected: RegExp, wanted = 1): void {
  expect(stderr).toMatch(/^error: [^\n]{10,400}\n$/);
  expect(stderr).toMatch(expected);
  expect(stdout).toBe("");
  expect(status).toBe(wanted);
}

describe("data that cannot be read: one line, and no run", () => {
  beforeAll(() => {
    write("empty.csv", "");
    write("binary.csv", Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0xff, 0xfe]));
    write("ragged.csv", "a,b\n1,2\n3\n");
    write("missing.csv", `a,b\n${rows((t) => (t % 7 ? "NA,?" : ","))}\n`);
    write("single.csv", "a,b\n1,2\n");
    write("inf.csv", `a,b\n${rows((t) => `${t % 7},${t === 20 ? "inf" : t % 5}`)}\n`);
    write("text.xyz", "hello\n");
  });

  test.each([
    ["a missing file", "inf.cvs", /inf\.cvs: there is no such file.*did you mean "inf\.csv"/],
    ["an empty file", "empty.csv", /empty\.csv: the file is empty/],
    ["a binary file named .csv", "binary.csv", /binary\.csv:1: no text/],
    ["ragged rows", "ragged.csv", /ragged\.csv:3.* 1 .*2/],
    ["columns of only missing values", "missing.csv", /missing\.csv: no column is left to model/],
    ["a table of a single row", "single.csv", /single\.csv: there is a single row/],
    ["Inf in the data", "inf.csv", /inf\.csv:22.*infinite/],
    ["an unknown kind of file", "text.xyz", /text\.xyz: this kind of file is not known/],
  ])("%s", async (_, name, expected) => {
    const before = readdirSync(folder);
    expectOneLine(await vrnn(["train", name, "--epochs", "1"], folder), expected);
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe("a command line that cannot be understood: one line, status 2, and no run", () => {
  test.each([
    [
      "an unknown option",
      ["train", "x.csv", "--hiden", "3"],
      /unknown option '--hiden' \(Did you mean --hidden\?\)/,
    ],
    [
      "an option of another model",
      ["train", "x.csv", "--states", "3"],
      /unknown option '--states' \(--states is an option of --model hmm and --model kalman\)/,
    ],
    [
      "an option of another command",
      ["score", "runs/x", "--hidden", "3"],
      /unknown option '--hidden' \(--hidden is an option of vrnn train\)/,
    ],
    [
      "an option of a model of another command, with its value",
      ["score", "runs/x", "--states=3"],
      /unknown option '--states' \(--states is an option of vrnn train --model hmm and vrnn train --model kalman\)/,
    ],
    ["an unknown command", ["trian", "x.csv"], /unknown command 'trian' \(Did you mean train\?\)/],
    [
      "an unknown cell",
      ["train", "x.csv", "--cell", "gur"],
      /'--cell <name>' argument 'gur' is invalid.*gru, lstm/,
    ],
    ["no number", ["train", "x.csv", "--epochs", "many"], /'--epochs <count>' argument 'many'.*whole number/],
    ["a number out of range", ["train", "x.csv", "--dropout", "1.5"], /'--dropout'.*0\.95/],
    [
      "no units",
      ["train", "x.csv", "--hidden", "0"],
      /option '--hidden': it must be at least 1, and 0 was given/,
    ],
    [
      "fewer than none",
      ["train", "x.csv", "--hidden", "-3"],
      /option '--hidden': it must be at least 1, and -3 was given/,
    ],
    [
      "a level that is none",
      ["forecast", "runs/x", "--quantiles", "0.5,1"],
      /option '--quantiles': it must be below 1, and 1 was given/,
    ],
    ["a pair without a value", ["train", "x.csv", "--kind", "a"], /column=value/],
    ["one argument too many", ["evaluate", "runs/x", "y.csv"], /too many arguments/],
    ["no data", ["train"], /nothing to train on.*vrnn train data\.csv/],
    ["no run", ["evaluate"], /missing required argument 'run'/],
    ["two ways to begin", ["train", "x.csv", "--resume", "--force"], /--resume and --force/],
  ])("%s", async (_, args, expected) => {
    const before = readdirSync(folder);
    expectOneLine(await vrnn(args, folder), expected, 2);
    expect(readdirSync(folder)).toEqual(before);
  });

  test("options that name what is not there", async () => {
    writeSeries(join(folder, "series.csv"));
    const before = readdirSync(folder);
    expectOneLine(await vrnn(["train", "series.csv", "--drop", "wav"], folder), /"wav".*did you mean "wave"/);
    const outcome = await vrnn(["train", "series.csv", "--emission", "mixtur"], folder);
    expect(outcome).toMatchObject({ status: 1, stdout: "" });
    expect(outcome.stderr.trim().split("\n").at(-1)).toMatch(
      /^error: no output distribution is called mixtur.*mixture/,
    );
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe("a run that cannot be used: one line", () => {
  const run = join(folder, "runs", "good");
  const copyWith = (name: string, change: (bytes: Buffer) => string | Uint8Array): string => {
    const copy = join(folder, "runs", `copy-${readdirSync(join(folder, "runs")).length}`);
    mkdirSync(copy);
    for (const file of readdirSync(run)) writeFileSync(join(copy, file), readFileSync(join(run, file)));
    writeFileSync(join(copy, name), change(readFileSync(join(copy, name))));
    return copy;
  };
  beforeAll(async () => {
    writeSeries(join(folder, "good.csv"));
    expect(await vrnn(["train", "good.csv", ...tiny], folder)).toMatchObject({ status: 0 });
  });

  test.each<[string, readonly string[]]>([
    ["to be trained on", ["train", "runs/good"]],
    ["to be evaluated on", ["evaluate", "runs/good", "--data", "runs/good"]],
  ])("a run in the place of data %s", async (_, args) => {
    const line =
      /runs\/good: this is the folder of a run, and data are wanted here \(name the data; .*--resume/;
    expectOneLine(await vrnn(args, folder), line);
  });

  test("data in the place of a run", async () => {
    const line =
      /good\.csv: there is no run here: this is a file \(give a folder that vrnn train wrote; .*--data\)/;
    for (const command of ["evaluate", "score", "sample", "watch", "export", "forecast", "classify"])
      expectOneLine(await vrnn([command, "good.csv"], folder), line);
  });

  const weights = "weights.safetensors";
  const state = "state.safetensors";
  const huge = Buffer.alloc(64);
  huge.writeBigUInt64LE(2n ** 60n);

  test.each<[string, string, (bytes: Buffer) => string | Uint8Array, RegExp]>([
    [
      "weights cut in their header",
      weights,
      (bytes) => bytes.subarray(0, 40),
      /weights\.safetensors: the header claims \d+ bytes/,
    ],
    ["weights cut in their data", weights, (bytes) => bytes.subarray(0, -5), /weights\.safetensors: /],
    ["a header that claims 2^60 bytes", weights, () => huge, /the header claims 1152921504606846976 bytes/],
    [
      "a flipped bit",
      weights,
      (bytes) => Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 9 ? byte ^ 1 : byte)),
      /checksum/,
    ],
    [
      "a configuration of a newer version",
      "config.json",
      (bytes) => String(bytes).replace(/"version": \d+/, '"version": 99'),
      /newer version of vrnn.*update vrnn/,
    ],
    [
      "a configuration that is no JSON",
      "config.json",
      (bytes) => bytes.subarray(0, 99),
      /config\.json: the configuration cannot be used/,
    ],
  ])("%s", async (_, name, change, expected) => {
    expectOneLine(await vrnn(["evaluate", copyWith(name, change)], folder), expected);
  });

  test("a checkpoint cut at any byte is not resumed, and stays as it is", async () => {
    const size = statSync(join(run, state)).size;
    for (const length of [0, 7, 200, size >> 1, size - 1]) {
      const copy = copyWith(state, (bytes) => bytes.subarray(0, length));
      const outcome = await vrnn(["train", "--resume", copy], folder);
      expect(outcome).toMatchObject({ status: 1, stdout: "" });
      expect(outcome.stderr.trim().split("\n").at(-1)).toMatch(/^error: .*state\.safetensors: .{10,300}$/);
      expect(statSync(join(copy, state)).size).toBe(length);
      expect(readdirSync(copy).sort()).toEqual(readdirSync(run).sort());
    }
  });

  test("a folder that holds no run", async () => {
    expectOneLine(await vrnn(["evaluate", "runs"], folder), /there is no run here/);
    expectOneLine(await vrnn(["train", "--resume", "runs"], folder), /there is no run here/);
  });

  test("a second run in the same folder is refused, with the ways out", async () => {
    const before = readFileSync(join(run, weights));
    expectOneLine(
      await vrnn(["train", "good.csv", ...tiny], folder),
      /runs\/good: there is a run.*--resume runs\/good.*--force/,
    );
    expect(readFileSync(join(run, weights))).toEqual(before);
  });

  test("a resumed run keeps its settings and its data", async () => {
    expectOneLine(
      await vrnn(["train", "--resume", "runs/good", "--hidden", "7"], folder),
      /--hidden is 6 in this run and cannot become 7/,
    );
    expectOneLine(
      await vrnn(["train", "--resume", "runs/good", "--epochs", "1"], folder),
      /the run has 2.*can only be raised/,
      2,
    );
    writeSeries(join(folder, "changed.csv"), { seed: 2 });
    expectOneLine(
      await vrnn(["train", "changed.csv", "--resume", "runs/good"], folder),
      /not those that the run began with/,
    );
  });
});

const disk = join(folder, "disk");
mkdirSync(disk);
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status === 0;
afterAll(() => {
  if (mounted) spawnSync("umount", [disk]);
});

describe.skipIf(!mounted)("a full disk (skipped where mounting a small one is not permitted)", () => {
  /** Leaves room for that many bytes. */
  function fill(room: number): void {
    const blocks = "x".repeat(64 * 1024 - room);
    writeFileSync(join(disk, "ballast"), blocks);
  }

  test("before anything was written: one line, and nothing is left", async () => {
    writeSeries(join(folder, "full.csv"));
    fill(0);
    const outcome = await vrnn(["train", "full.csv", ...tiny, "--out", "disk/run"], folder);
    expect(outcome).toMatchObject({ status: 1, stdout: "" });
    expect(outcome.stderr.trim().split("\n").at(-1)).toMatch(/^error: .*no space left.*free some space/);
    expect(readdirSync(disk)).toEqual(["ballast"]);
  });

  test("amid the run: one line, no half file, and the run goes on when there is room", async () => {
    writeSeries(join(folder, "full.csv"));
    fill(16 * 1024);
    const args = ["train", "full.csv", ...tiny, "--hidden", "32"];
    const outcome = await vrnn([...args, "--out", "disk/run"], folder);
    expect(outcome).toMatchObject({ status: 1, stdout: "" });
    expect(outcome.stderr.trim().split("\n").at(-1)).toMatch(/^error: .*no space left.*free some space/);
    expect(readdirSync(join(disk, "run")).sort()).toEqual(["config.json", "metrics.jsonl"]);
    spawnSync("mount", ["-o", "remount,size=1m", disk]);
    expect(await vrnn(["train", "--resume", "disk/run"], folder)).toMatchObject({ status: 0 });
    expect(await vrnn([...args, "--out", "runs/roomy"], folder)).toMatchObject({ status: 0 });
    for (const name of ["config.json", "weights.safetensors"])
      expect(readFileSync(join(disk, "run", name))).toEqual(
        readFileSync(join(folder, "runs", "roomy", name)),
      );
    expect(existsSync(join(disk, "run", "train.lock"))).toBe(false);
  });
});
