import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { StoredTensors } from "../../src/checkpoint/safetensors.ts";
import { VrnnError } from "../../src/errors.ts";
import { RunFolder } from "../../src/run/folder.ts";
import { seal } from "../../src/run/seal.ts";
import { errorOf, scratchFolder } from "./scratch.ts";

const scratch = scratchFolder();
let count = 0;
const newPath = () => join(scratch, "runs", `${count++}`);

const configSchema = z.strictObject({ hidden: z.int().positive(), cell: z.enum(["gru", "lstm"]) });
const cursorSchema = z.strictObject({ epoch: z.int() });
const config = { hidden: 64, cell: "gru" as const };

const filled = (value: number): StoredTensors => ({
  "gru.w": { dtype: "F32", shape: [2, 3], data: new Float32Array(6).fill(value) },
});
const checkpointOf = (step: number, best = step) => ({
  step,
  cursor: { epoch: 2 * step },
  weights: filled(step),
  optimiser: {
    ...filled(10 * step),
    t: { dtype: "I64" as const, shape: [], data: BigInt64Array.of(BigInt(step)) },
  },
  best: filled(best),
  carried: { h: filled(step)["gru.w"]! },
  running: { kl: filled(step)["gru.w"]! },
});

function newRun(steps = 0): RunFolder<typeof config> {
  const run = RunFolder.create(newPath(), config);
  for (let step = 1; step <= steps; step++) {
    run.append({ step, "train/elbo": -step });
    run.save(checkpointOf(step));
  }
  return run;
}

describe("a run's life", () => {
  test("what was saved is there after opening again", () => {
    const run = newRun(3);
    run.unlock();
    const opened = RunFolder.open(run.path, configSchema);
    expect(opened.config).toEqual(config);
    expect(opened.checkpoint(cursorSchema)).toEqual(checkpointOf(3));
    expect(opened.weights()).toEqual(filled(3));
    expect(opened.events().map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(readFileSync(opened.writeReport("<!doctype html>"), "utf8")).toBe("<!doctype html>");
    expect(readdirSync(run.path).sort()).toEqual([
      "config.json",
      "metrics.jsonl",
      "report.html",
      "state.safetensors",
      "weights.safetensors",
    ]);
  });

  test("resuming drops later events and weights that are ahead of the state", () => {
    const run = newRun(2);
    run.append({ step: 3, "train/elbo": -3 });
    const earlier = readFileSync(join(run.path, "weights.safetensors"));
    writeFileSync(join(run.path, "weights.safetensors"), seal(filled(3), { format: "1" }));
    run.unlock();
    const opened = RunFolder.open(run.path, configSchema);
    opened.lock();
    expect(opened.resume(cursorSchema)).toEqual(checkpointOf(2));
    expect(opened.events().map(({ step }) => step)).toEqual([1, 2]);
    expect(readFileSync(join(run.path, "weights.safetensors"))).toEqual(earlier);
    opened.unlock();
  });

  test("a run that was killed before its first checkpoint resumes from nothing", () => {
    const run = newRun();
    run.append({ step: 1 });
    expect(run.resume(cursorSchema)).toBeUndefined();
    expect(run.events()).toEqual([]);
    expect(errorOf(() => run.weights())).toMatchObject({ code: "run/untrained", at: run.path });
    run.unlock();
  });

  test("best weights that did not change are not written again", () => {
    const run = newRun(1);
    const path = join(run.path, "weights.safetensors");
    utimesSync(path, 1, 1);
    run.save(checkpointOf(2, 1));
    expect(statSync(path).mtimeMs).toBe(1000);
    run.save(checkpointOf(3, 3));
    expect(statSync(path).mtimeMs).toBeGreaterThan(1000);
    run.unlock();
  });

  test("a run gives way to a new one that may replace it, whatever state it is in", () => {
    const run = newRun(2);
    run.unlock();
    writeFileSync(join(run.path, "config.json"), "{");
    writeFileSync(join(run.path, "notes.txt"), "mine");
    const next = RunFolder.create(run.path, { ...config, hidden: 1 }, true);
    next.unlock();
    expect(RunFolder.open(run.path, configSchema).config.hidden).toBe(1);
    expect(readdirSync(run.path).sort()).toEqual(["config.json", "notes.txt"]);
  });

  test("another configuration takes the old one's place", () => {
    const run = newRun(1);
    run.configure({ ...config, hidden: 128 });
    expect([run.config.hidden, RunFolder.open(run.path, configSchema).config.hidden]).toEqual([128, 128]);
    run.unlock();
    expect(errorOf(() => run.configure(config))).toMatchObject({ code: "run/unlocked" });
  });

  test("a folder is a run's when it has a configuration", () => {
    const run = newRun();
    run.unlock();
    expect([RunFolder.isRun(run.path), RunFolder.isRun(scratch), RunFolder.isRun(newPath())]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("the same checkpoint is the same bytes", () => {
    const [a, b] = [newRun(2), newRun(2)];
    for (const name of ["config.json", "state.safetensors", "weights.safetensors", "metrics.jsonl"]) {
      expect(readFileSync(join(a.path, name))).toEqual(readFileSync(join(b.path, name)));
    }
    a.unlock();
    b.unlock();
  });
});

describe("one process trains", () => {
  test("a second one is refused, reading is not", () => {
    const run = newRun(1);
    const reader = RunFolder.open(run.path, configSchema);
    expect(reader.weights()).toEqual(filled(1));
    expect(errorOf(() => reader.lock())).toMatchObject({ code: "run/locked" });
    expect(errorOf(() => reader.save(checkpointOf(2)))).toMatchObject({ code: "run/unlocked" });
    expect(errorOf(() => RunFolder.create(run.path, config))).toMatchObject({ code: "run/locked" });
    run.unlock();
  });

  test("a run is not overwritten by a new one", () => {
    const run = newRun(1);
    run.unlock();
    expect(errorOf(() => RunFolder.create(run.path, { ...config, hidden: 1 }))).toMatchObject({
      code: "run/exists",
    });
    expect(RunFolder.open(run.path, configSchema).config).toEqual(config);
    expect(existsSync(join(run.path, "train.lock"))).toBe(false);
  });
});

describe("a folder that is taken away under a training ends it", () => {
  const lost = expect.objectContaining({ code: "run/lost" });

  test("moved, with another training in its place, which is left alone", () => {
    const run = newRun(1);
    const { path } = run;
    renameSync(path, `${path}-away`);
    const other = RunFolder.create(path, config);
    other.append({ step: 1, "train/elbo": -7 });
    expect(() => run.append({ step: 2, "train/elbo": -2 })).toThrow(lost);
    expect(() => run.save(checkpointOf(2))).toThrow(lost);
    run.unlock();
    other.append({ step: 2, "train/elbo": -6 });
    expect(other.events().map((event) => event["train/elbo"])).toEqual([-7, -6]);
    expect(RunFolder.open(`${path}-away`, configSchema).checkpoint(cursorSchema)?.step).toBe(1);
    other.unlock();
  });

  test("removed: nothing is made anew", () => {
    const run = newRun(1);
    rmSync(run.path, { recursive: true });
    expect(() => run.save(checkpointOf(2))).toThrow(lost);
    expect(() => run.append({ step: 2, "train/elbo": -2 })).toThrow(lost);
    expect(existsSync(run.path)).toBe(false);
    run.unlock();
  });
});

test("what killed processes left is removed on opening; what others are writing stays", () => {
  const run = newRun(1);
  run.unlock();
  const deadPid = spawnSync(process.execPath, ["--version"]).pid;
  const temporary = (pid: number) => `.vrnn-${pid}-0123456789abcdef.tmp`;
  const left = [temporary(deadPid), temporary(process.pid)];
  const kept = [temporary(process.ppid), "notes.tmp", "notes.123456.tmp", "0.tmp.txt"];
  for (const name of [...left, ...kept]) writeFileSync(join(run.path, name), "half");
  RunFolder.open(run.path, configSchema);
  expect(readdirSync(run.path)).toEqual(expect.arrayContaining(kept));
  expect(readdirSync(run.path)).not.toEqual(expect.arrayContaining([left[0]]));
  expect(readdirSync(run.path)).not.toEqual(expect.arrayContaining([left[1]]));
});

describe("where no run is, what is there is said", () => {
  const refusal = (path: string): string => {
    try {
      RunFolder.open(path, configSchema);
    } catch (error) {
      if (error instanceof VrnnError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return "opened";
  };
  const here = () => dirname(newRun(1).path);

  test.each<[string, (folder: string) => string, RegExp]>([
    [
      "nothing",
      (folder) => join(folder, "nowhere"),
      /^run\/missing: .*no run here: no such folder \(give a folder/,
    ],
    ["a name that is too long", (folder) => join(folder, "x".repeat(300)), /^run\/missing: .*no such folder/],
    [
      "a file",
      (folder) => {
        writeFileSync(join(folder, "data.csv"), "a\n1\n");
        return join(folder, "data.csv");
      },
      /^run\/missing: .*data\.csv: there is no run here: this is a file \(give a folder .*--data\)$/,
    ],
    [
      "something below a file",
      (folder) => {
        writeFileSync(join(folder, "data.csv"), "a\n1\n");
        return join(folder, "data.csv", "run");
      },
      /^run\/missing: .*no such folder/,
    ],
    [
      "an empty folder",
      (folder) => {
        mkdirSync(join(folder, "empty"));
        return join(folder, "empty");
      },
      /^run\/missing: .*empty: .*the folder holds no config\.json \(give a folder that vrnn train wrote\)$/,
    ],
    [
      "a configuration that is a folder",
      (folder) => {
        mkdirSync(join(folder, "odd", "config.json"), { recursive: true });
        return join(folder, "odd");
      },
      /^file\/read: .*config\.json: cannot read: this is a folder \(check what it is/,
    ],
  ])("%s", (_, make, line) => {
    expect(refusal(make(here()))).toMatch(line);
  });

  test("the run that was meant, and those that lie in a folder, are named", () => {
    const run = newRun(1).path;
    expect(refusal(`${run}s`)).toContain(`(did you mean "${run}"?)`);
    expect(refusal(dirname(run))).toMatch(/the folder holds no config\.json \(there is one in /);
  });
});

describe("bad input has one line", () => {
  const corrupt: [string, string, (path: string) => void][] = [
    ["run/missing", "a folder that is not there", (path) => rmSync(path, { recursive: true })],
    ["run/missing", "a folder without a configuration", (path) => rmSync(join(path, "config.json"))],
    ["run/config", "an empty configuration", (path) => writeFileSync(join(path, "config.json"), "")],
    [
      "run/config",
      "a binary configuration",
      (path) => writeFileSync(join(path, "config.json"), Buffer.from([0, 255, 10, 13, 128])),
    ],
    [
      "run/config",
      "a configuration that is a list",
      (path) => writeFileSync(join(path, "config.json"), "[1]"),
    ],
    [
      "run/config",
      "a configuration nested deeply",
      (path) => writeFileSync(join(path, "config.json"), "[".repeat(1e6)),
    ],
    [
      "run/config",
      "a cell that does not exist",
      (path) => writeFileSync(join(path, "config.json"), '{"version":1,"hidden":64,"cell":"x"}'),
    ],
    [
      "run/config",
      "a key that does not exist",
      (path) => writeFileSync(join(path, "config.json"), '{"version":1,"hidden":64,"cell":"gru","a\\nb":1}'),
    ],
    [
      "run/format",
      "a configuration without a version",
      (path) => writeFileSync(join(path, "config.json"), '{"hidden":64,"cell":"gru"}'),
    ],
    [
      "run/newer",
      "a configuration of a newer version",
      (path) => writeFileSync(join(path, "config.json"), '{"version":99,"width":64}'),
    ],
    [
      "file/read",
      "a folder in the configuration's place",
      (path) => {
        rmSync(join(path, "config.json"));
        mkdirSync(join(path, "config.json"));
      },
    ],
    ["checkpoint/truncated", "a state cut short", (path) => cut(join(path, "state.safetensors"), 100)],
    ["checkpoint/truncated", "an empty state", (path) => cut(join(path, "state.safetensors"), 0)],
    [
      "run/newer",
      "a state of a newer version",
      (path) => writeFileSync(join(path, "state.safetensors"), seal({}, { format: "99" })),
    ],
    [
      "run/format",
      "a state without a version",
      (path) => writeFileSync(join(path, "state.safetensors"), seal({}, {})),
    ],
    [
      "checkpoint/step",
      "a state without a step",
      (path) => writeFileSync(join(path, "state.safetensors"), seal({}, { format: "1" })),
    ],
    [
      "checkpoint/cursor",
      "a state whose cursor is no JSON",
      (path) =>
        writeFileSync(join(path, "state.safetensors"), seal({}, { format: "1", step: "1", cursor: "{" })),
    ],
    [
      "checkpoint/cursor",
      "a state whose cursor is another's",
      (path) =>
        writeFileSync(join(path, "state.safetensors"), seal({}, { format: "1", step: "1", cursor: "{}" })),
    ],
    [
      "run/newer",
      "weights of a newer version",
      (path) => writeFileSync(join(path, "weights.safetensors"), seal({}, { format: "99" })),
    ],
    ["checkpoint/truncated", "weights cut short", (path) => cut(join(path, "weights.safetensors"), 100)],
  ];

  function cut(path: string, length: number): void {
    writeFileSync(path, readFileSync(path).subarray(0, length));
  }

  test.each(corrupt)("%s: %s", (code, _, spoil) => {
    const run = newRun(1);
    run.unlock();
    spoil(run.path);
    const error = errorOf(() => {
      const opened = RunFolder.open(run.path, configSchema);
      opened.checkpoint(cursorSchema);
      opened.weights();
    });
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^.{20,400}$/) });
    expect((error as Error).message).toContain(run.path);
  });

  test("the error of a newer version says what to do", () => {
    const run = newRun();
    run.unlock();
    writeFileSync(join(run.path, "config.json"), '{"version":7}');
    const message = "written by a newer version of vrnn: format 7, this one reads up to 4 (update vrnn)";
    expect(errorOf(() => RunFolder.open(run.path, configSchema))).toMatchObject({
      message: expect.stringContaining(message),
    });
  });

  test("a file where the folder should be", () => {
    const path = newPath();
    writeFileSync(path, "");
    expect(errorOf(() => RunFolder.create(path, config))).toMatchObject({ code: "file/write" });
    expect(errorOf(() => RunFolder.create(join(path, "a", "b"), config))).toMatchObject({
      code: "file/write",
    });
  });
});
