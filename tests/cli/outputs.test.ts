import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const run = (...args: string[]) => vrnn(args, folder);
const few = ["--samples", "12"];

beforeAll(async () => {
  writeSeries(join(folder, "waves.csv"));
  await run("train", "waves.csv", ...tiny);
});

describe("a name that says another format than is written is refused before any work", () => {
  const horizon = [...few, "--horizon", "2"];
  test.each<[readonly string[], RegExp]>([
    [
      ["forecast", ...horizon, "--picture", "f.png"],
      /f\.png: .* is \.svg, and the name says \.png \(call it f\.svg\)/,
    ],
    [["forecast", ...horizon, "--out", "f.json"], /f\.json: .* is \.csv, .* \.json \(call it f\.csv\)/],
    [["forecast", ...horizon, "--paths", "f.csv.gz"], /f\.csv\.gz: .* \.gz \(call it f\.csv\)/],
    [["score", "--out", "s.parquet"], /s\.parquet: .*call it s\.csv/],
    [["impute", "--entries", "e.jsonl"], /e\.jsonl: .*call it e\.csv/],
    [["export", "--out", "m.csv"], /m\.csv: .*call it m\.onnx/],
    [["watch", "--state", "w.csv"], /w\.csv: .*call it w\.json/],
    [["sample", "--out", "samples.txt"], /samples\.txt: a folder is made here/],
    [["sample", "--out", "samples.csv"], /samples\.csv: a folder is made here, .*such as samples\)/],
  ])("%j", async ([command, ...args], line) => {
    const before = readdirSync(folder);
    const { status, stdout, stderr } = await run(command as string, "runs/waves", ...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(line);
    expect(readdirSync(folder)).toEqual(before);
  });

  test("a run too, which is a folder; names that say nothing, and capitals, are taken", async () => {
    expect((await run("train", "waves.csv", ...tiny, "--out", "m.onnx")).stderr).toMatch(
      /a folder is made here/,
    );
    for (const name of ["table", "table.txt", "TABLE.CSV", "v1.2"])
      expect((await run("score", "runs/waves", "--out", name)).status).toBe(0);
  });
});

describe("what is read is never written over", () => {
  const inputs = ["waves.csv", "runs/waves/config.json", "runs/waves/weights.safetensors"];

  test.each(inputs)("--out %s is refused before any work, and the file stays", async (input) => {
    const before = read(input);
    const { status, stdout, stderr } = await run("score", "runs/waves", "--out", input);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe(
      `error: ${input}: this file would be written over, and the command reads it (name another file)\n`,
    );
    expect(read(input)).toBe(before);
  });

  test("other data, and two tables of one name, are kept too; a file of before gives way", async () => {
    writeSeries(join(folder, "more.csv"));
    symlinkSync("more.csv", join(folder, "link.csv"));
    const linked = await run("score", "runs/waves", "--data", "more.csv", "--out", "link.csv");
    expect(linked).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^error: link\.csv: .*reads it/),
    });
    const twice = await run("forecast", "runs/waves", ...few, "--out", "t.csv", "--paths", "./t.csv");
    expect(twice).toMatchObject({ status: 1, stderr: expect.stringMatching(/would be written twice/) });
    expect(existsSync(join(folder, "t.csv"))).toBe(false);
    for (const _ of ["new", "again"])
      expect((await run("score", "runs/waves", "--out", "t.csv")).status).toBe(0);
  });

  test("a run that another begins with is not started over", async () => {
    const before = read("runs/waves/config.json");
    const again = ["--from", "runs/waves", "--out", "runs/waves", "--force"];
    const { status, stderr } = await run("train", "waves.csv", ...tiny, ...again);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/config\.json: this file would be written over/),
    ]);
    expect(read("runs/waves/config.json")).toBe(before);
  });

  test("the files beside that export makes are looked at before it works", async () => {
    writeSeries(join(folder, "e.safetensors"));
    const before = read("e.safetensors");
    const args = ["forecast", "runs/waves", ...few, "--data", "e.safetensors", "--out", "e.safetensors"];
    expect((await run(...args)).stderr).toMatch(/^error: e\.safetensors: .*reads it/);
    const exported = await run("export", "runs/waves", "--out", "runs/waves/weights.onnx");
    expect(exported.stderr).toMatch(/^error: runs\/waves\/weights\.safetensors: .*reads it/);
    expect(read("e.safetensors")).toBe(before);
    expect(readdirSync(join(folder, "runs/waves")).filter((name) => name.endsWith(".onnx"))).toEqual([]);
  });

  test("a file that is known only when it is made is looked at then, before any is written", async () => {
    writeSeries(join(folder, "sample-1.csv"));
    const before = read("sample-1.csv");
    const args = ["--prefix", "sample-1.csv", "--count", "1", "--steps", "2", "--out", "."];
    const { status, stderr } = await run("sample", "runs/waves", ...args);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^error: sample-1\.csv: .*reads it/)]);
    expect(read("sample-1.csv")).toBe(before);
    expect(readdirSync(folder).filter((name) => name.endsWith(".svg"))).toEqual([]);
  });
});

describe("where nothing can be written, that is said in one line before any work", () => {
  beforeAll(() => {
    writeFileSync(join(folder, "file"), "kept");
    writeFileSync(join(folder, "kept.csv"), "kept");
    chmodSync(join(folder, "kept.csv"), 0o444);
    symlinkSync("nowhere", join(folder, "dangling"));
    symlinkSync("round", join(folder, "round"));
  });

  const needed =
    "cannot write here: this is no folder, and one is needed \\(choose another folder with --out\\)";
  const several = "several files are written, and this is none \\(name one, such as model\\.onnx";

  test.each([
    ["train", "waves.csv", "file", `file: ${needed}`],
    ["train", "waves.csv", "file/deeper/run", `file: ${needed}`],
    ["train", "waves.csv", "dangling", `dangling: ${needed}`],
    ["train", "waves.csv", "/dev/null", `/dev/null: ${needed}`],
    ["sample", "runs/waves", "file", `file: ${needed}`],
    ["score", "runs/waves", "round", "round: cannot write: ELOOP"],
    ["score", "runs/waves", "file/scores.csv", `file: ${needed}`],
    [
      "score",
      "runs/waves",
      "kept.csv",
      "kept.csv: this file is read-only \\(name another file, or allow it with chmod",
    ],
    ["export", "runs/waves", "/dev/null", `/dev/null: ${several}`],
    ["export", "runs/waves", "runs", "runs: cannot write a file where a folder is \\(.*runs/model\\.onnx"],
  ])("%s %s --out %s", async (command, about, out, expected) => {
    const { status, stdout, stderr } = await run(command, about, "--out", out);
    expect([status, stdout, stderr]).toEqual([1, "", expect.stringMatching(`^error: ${expected}[^\n]*\n$`)]);
    expect([read("file"), read("kept.csv")]).toEqual(["kept", "kept"]);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(readdirSync("/dev").filter((name) => name.startsWith("null."))).toEqual([]);
  });

  test("a folder that train names by itself is looked at too", async () => {
    writeFileSync(join(folder, "runs/taken"), "kept");
    writeSeries(join(folder, "taken.csv"));
    const { status, stderr } = await run("train", "taken.csv", ...tiny);
    expect([status, stderr.trimEnd().split("\n").at(-1)]).toEqual([
      1,
      expect.stringMatching(/^error: runs\/taken: .*no folder/),
    ]);
  });

  test("of several files none is written when one cannot be", async () => {
    writeFileSync(join(folder, "m.step.onnx"), "kept");
    chmodSync(join(folder, "m.step.onnx"), 0o444);
    const { status, stderr } = await run("export", "runs/waves", "--out", "m.onnx");
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: m\.step\.onnx: this file is read-only/),
    ]);
    expect(readdirSync(folder).filter((name) => name.startsWith("m."))).toEqual(["m.step.onnx"]);
    expect((await run("export", "runs/waves", "--out", "m.onnx", "--graphs", "score")).status).toBe(0);
  });
});
