import { spawn } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { detect } from "../../src/anomaly/detect.ts";
import { entryScores } from "../../src/anomaly/entry-scores.ts";
import { detectorOf } from "../../src/anomaly/live-detector.ts";
import { readDataset } from "../../src/data/files.ts";
import { followings } from "../../src/inference/following.ts";
import { scoreSequences } from "../../src/inference/score.ts";
import { openRun } from "../../src/run/run.ts";
import { tableOf } from "../../src/run/run-fields.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { main, type Outcome, tiny, vrnn, vrnnFed } from "./vrnn.ts";

const folder = scratchFolder();
const lengths = [200, 180, 150, 160];

beforeAll(async () => {
  writeSeries(join(folder, "waves.csv"), { lengths });
  const { status } = await vrnn(["train", "waves.csv", ...tiny], folder);
  expect(status).toBe(0);
});

/** Runs `vrnn watch` on some input. */
const watch = (input: string, ...args: string[]): Promise<Outcome> => watchBy("waves", input, ...args);

/** The same with another run. */
function watchBy(run: string, input: string, ...args: string[]): Promise<Outcome> {
  return vrnnFed(["watch", `runs/${run}`, ...args], folder, (stdin) => stdin.end(input));
}

const answersOf = ({ stdout }: Outcome) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const header = "time,wave,slow,high";
const rows = Array.from({ length: 60 }, (_, t) => {
  const isOdd = t >= 40 && t < 50;
  return [t / 5, isOdd ? 9 : Math.sin(t / 3).toFixed(4), t % 7 === 0 ? "" : "0.5", 1].join(",");
});

/** The rows as a sequence. */
function streamed() {
  const values = rows.flatMap((row) =>
    row
      .split(",")
      .slice(1)
      .map((field) => (field === "" ? Number.NaN : Number(field))),
  );
  return { name: "stream", length: rows.length, values: Float64Array.from(values) };
}

test("numbers are read by the mark that was found in training", async () => {
  const own = Array.from(
    { length: 90 },
    (_, t) => `${1 + (t % 3)}.${100 + ((t * 37) % 800)};${t % 7},5;${t % 3}`,
  );
  writeFileSync(join(folder, "german.csv"), `load;heat;run\n${own.join("\n")}\n`);
  expect((await vrnn(["train", "german.csv", ...tiny], folder)).status).toBe(0);
  expect(openRun(join(folder, "runs/german")).config.data.schema.decimal).toBe("comma");
  const scoreOf = async (step: string) =>
    answersOf(await watchBy("german", `load;heat\n${step}\n`, "--no-flags", "--no-forecast"))[0];
  const [plain, grouped, wrong] = await Promise.all(["1100;2", "1.100;2", "0.5;2"].map(scoreOf));
  expect(plain.score).toBeTypeOf("number");
  expect(grouped).toEqual(plain);
  expect(wrong.error).toContain('"0.5" is no number');
});

describe("a stream of steps", () => {
  test("is answered a line each, with the scores, flags and reasons of the same data at once", async () => {
    const outcome = await watch(`${[header, ...rows].join("\n")}\n`, "--alarms-per-1000-steps", "8");
    expect(outcome.status).toBe(0);
    const { config, model, weights } = openRun(join(folder, "runs/waves"));
    const { columns } = tableOf(config);
    const sequence = streamed();
    const settings = { runtime: nodeRuntime(), model, weights, columns, seed: 1 };
    const { splits } = readDataset(join(folder, "waves.csv"), { sequence: "run", columns });
    const detector = await detectorOf(
      { ...settings, sequences: [...splits.train, ...splits.valid] },
      { alarmsPerThousandSteps: 8 },
    );
    const [scores] = await scoreSequences({ ...settings, sequences: [sequence] });
    const { flags } = detect(entryScores({ sequence, scores: scores! }), detector);
    expect(flags.some((flag) => flag === 1)).toBe(true);
    const answers = answersOf(outcome);
    expect(answers.map(({ step }) => step)).toEqual(rows.map((_, t) => t + 1));
    expect(answers.map(({ line, time }) => [line, time])).toEqual(rows.map((_, t) => [t + 2, t / 5]));
    expect(answers.map((answer) => (answer.flags.odd ? 1 : 0))).toEqual([...flags]);
    answers.forEach(({ score }, t) => {
      expect(Math.abs(score - scores!.total[t]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(score)));
    });
    expect(answers[40].flags.columns).toHaveProperty("wave");
    expect(outcome.stderr).toMatch(/60 steps, .* nats per step, \d+ odd\n$/);
  });

  test("forecasts by name: a mean and an interval, a mean alone, or nothing", async () => {
    const input = `${[header, ...rows.slice(0, 3)].join("\n")}\n`;
    const [full, mean, none] = await Promise.all([
      watch(input, "--no-flags"),
      watch(input, "--no-flags", "--forecast", "mean"),
      watch(input, "--no-flags", "--no-forecast"),
    ]);
    const { forecast, flags } = answersOf(full)[2];
    expect(flags).toBeNull();
    expect(Object.keys(forecast)).toEqual(["wave", "slow", "high"]);
    expect(forecast.wave.low).toBeLessThan(forecast.wave.high);
    expect(Object.keys(answersOf(mean)[2].forecast.wave)).toEqual(["mean"]);
    expect(answersOf(none)[2]).not.toHaveProperty("forecast");
  });

  test("with --every only some are answered, and odd ones", async () => {
    const answers = answersOf(await watch(`${[header, ...rows].join("\n")}\n`, "--every", "20"));
    const usual = answers.filter(({ flags }) => !flags.odd).map(({ step }) => step);
    expect(usual.every((step) => step % 20 === 0)).toBe(true);
    expect(answers.some(({ flags }) => flags.odd)).toBe(true);
  });
});

describe("a model whose posterior reads what comes later", () => {
  beforeAll(async () => {
    const { status } = await vrnn(
      ["train", "waves.csv", ...tiny, "--model", "srnn", "--out", "runs/srnn"],
      folder,
    );
    expect(status).toBe(0);
  });

  const input = `${[header, ...rows].join("\n")}\n`;

  test("is followed by particles, with thresholds set by particles, and this is told", async () => {
    const args = ["--alarms-per-1000-steps", "8", "--particles", "30"];
    const outcome = await watchBy("srnn", input, ...args);
    expect([outcome.status, outcome.stderr]).toEqual([
      0,
      expect.stringMatching(/^without a posterior .* 30 particles/),
    ]);
    const { config, model, weights } = openRun(join(folder, "runs/srnn"));
    const { columns } = tableOf(config);
    const settings = { runtime: nodeRuntime(), model, weights, columns, seed: 1 };
    const byParticles = followings.particles(30);
    const { splits } = readDataset(join(folder, "waves.csv"), { sequence: "run", columns });
    const detection = { alarmsPerThousandSteps: 8 };
    const clean = { ...settings, sequences: [...splits.train, ...splits.valid] };
    const detector = await detectorOf(clean, detection, byParticles.score);
    const [scores] = await byParticles.score({ ...settings, sequences: [streamed()] });
    const { flags } = detect(entryScores({ sequence: streamed(), scores: scores! }), detector);
    const answers = answersOf(outcome);
    expect(flags.some((flag) => flag === 1)).toBe(true);
    expect(flags.some((flag) => flag === 0)).toBe(true);
    expect(answers.map((answer) => (answer.flags.odd ? 1 : 0))).toEqual([...flags]);
    answers.forEach(({ score, particles, forecast }, t) => {
      expect(Math.abs(score - scores!.total[t]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(score)));
      expect(particles).toBeGreaterThanOrEqual(1);
      expect(particles).toBeLessThanOrEqual(30);
      expect(forecast.wave.low).toBeLessThan(forecast.wave.high);
    });
    expect(answers[40].flags.columns).toHaveProperty("wave");
    expect(outcome.stderr).toMatch(
      /60 steps, .* odd, \d+\.\d particles count in the mean, \d+\.\d at least\n$/,
    );
    // Thresholds of another way to follow are others.
    expect(await detectorOf(clean, detection)).not.toEqual(detector);
  });

  test("cannot be followed by that posterior, which is refused by name", async () => {
    const { status, stdout, stderr } = await watchBy("srnn", input, "--by", "posterior");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: .*the model's posterior reads what comes later .*--by particles/m);
  });
});

describe("a model whose posterior leads from step to step", () => {
  const input = `${[header, ...rows.slice(0, 10)].join("\n")}\n`;

  test("is followed by particles where they are asked for", async () => {
    const [chosen, implied, own] = await Promise.all([
      watch(input, "--no-flags", "--by", "particles"),
      watch(input, "--no-flags", "--particles", "100"),
      watch(input, "--no-flags"),
    ]);
    expect(answersOf(chosen)).toEqual(answersOf(implied));
    expect(answersOf(chosen)[9].particles).toBeLessThanOrEqual(100);
    expect(answersOf(own)[9]).not.toHaveProperty("particles");
    expect(Math.abs(answersOf(chosen)[9].score - answersOf(own)[9].score)).toBeLessThan(1);
  });

  test.each([
    [["--by", "posterior", "--particles", "5"], /--particles has no effect/],
    [["--by", "crowd"], /posterior/],
    [["--particles", "0"], /'--particles': it must be at least 1, and 0 was given/],
  ])("%j is refused", async (args, message) => {
    const { status, stdout, stderr } = await watch(input, "--no-flags", ...args);
    expect([status, stdout, stderr]).toEqual([2, "", expect.stringMatching(message)]);
  });
});

describe("lines that cannot be understood", () => {
  test("are told with their number on both sides, and the stream goes on as if they had not been", async () => {
    const good = ['{"wave": 0.1, "slow": 0.5, "high": 1}', '{"wave": 0.3}', '{"wave": 0.2, "fan": 3}'];
    const bad = ['{"wave": 0.1', '{"wave": "warm"}', '{"high": 2}', "[1]", '{"wave": 1e999}'];
    const mixed = [good[0], bad[0], bad[1], good[1], "", bad[2], bad[3], bad[4], good[2]].join("\n");
    const [outcome, clean] = await Promise.all([
      watch(mixed, "--no-flags"),
      watch(good.join("\n"), "--no-flags"),
    ]);
    expect(outcome.status).toBe(0);
    const answers = answersOf(outcome);
    expect(answers.map(({ line }) => line)).toEqual([1, 2, 3, 4, 6, 7, 8, 9]);
    const errors = answers.filter(({ error }) => error !== undefined);
    expect(errors.map(({ line }) => line)).toEqual([2, 3, 6, 7, 8]);
    for (const { line, error } of errors) {
      expect(error).toContain(`stdin:${line}`);
      expect(outcome.stderr).toContain(error);
    }
    const scores = (all: readonly { score?: number }[]) => all.flatMap(({ score }) => score ?? []);
    expect(scores(answers)).toEqual(scores(answersOf(clean)));
    expect(outcome.stderr).toMatch(/column "fan" is not one of the model's and is left out/);
    expect(outcome.stderr).toMatch(/3 steps, .*, 5 lines not understood\n$/);
  });

  test("in CSV: a wrong number of fields and words for numbers", async () => {
    const outcome = await watch(`${header}\n0,1,1\n1,1,1,1,1\n2,x,1,1\n3,1,1,1\n`, "--no-flags");
    expect(outcome.status).toBe(0);
    expect(answersOf(outcome).map(({ error }) => error !== undefined)).toEqual([true, true, true, false]);
  });

  test("a header without the model's columns ends it at once", async () => {
    const { status, stdout, stderr } = await watch("speed,fan\n1,2\n", "--no-flags");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^error: stdin:1: the header names none of the model's columns/m);
  });
});

describe("beginnings and ends", () => {
  test("no input is no step, and no error", async () => {
    expect(await watch("", "--no-flags")).toEqual({ status: 0, stdout: "", stderr: "0 steps\n" });
  });

  test("without the run's data it goes on without flags and says so; --data says where they are", async () => {
    renameSync(join(folder, "waves.csv"), join(folder, "moved.csv"));
    const input = `${header}\n${rows[0]}\n`;
    const [without, moved, wrong] = await Promise.all([
      watch(input),
      watch(input, "--data", "moved.csv"),
      watch(input, "--data", "nowhere.csv"),
    ]);
    renameSync(join(folder, "moved.csv"), join(folder, "waves.csv"));
    expect(without.status).toBe(0);
    expect(answersOf(without)[0].flags).toBeNull();
    expect(without.stderr).toMatch(/^no flags: .*the data that the run was trained on are not here/);
    expect(answersOf(moved)[0].flags).toMatchObject({ odd: false });
    expect([wrong.status, wrong.stdout]).toEqual([1, ""]);
    expect(wrong.stderr).toMatch(/^error: nowhere\.csv: there is no such file/);
  });

  test("alarms by the hour are refused of data that do not say when, and the rate is told by steps", async () => {
    const refused = await watch(`${header}\n${rows[0]}\n`, "--alarms-per-hour", "1");
    expect([refused.status, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toMatch(
      /alarms cannot be counted by the hour: the data do not say when steps were/,
    );
    const { stderr } = await watch(`${header}\n${rows[0]}\n`);
    expect(stderr).toMatch(
      /^flags: set by training and validation data in .* s, for 1 false alarm in 1,000 steps at most$/m,
    );
  });

  test.each([
    ["--every", "-1"],
    ["--by", "surprise"],
    ["--play", "waves.csv"],
    ["--alarms-per-hour", "0"],
    ["--alarms-per-1000-steps", "0"],
    ["--format", "xml"],
  ])("%s %s is refused", async (...args) => {
    const { status, stdout, stderr } = await watch(`${header}\n`, ...args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("Ctrl-C ends it after whole lines, with the summary", async () => {
    const child = spawn(process.execPath, [main, "watch", "runs/waves", "--no-flags"], { cwd: folder });
    let [stdout, stderr] = ["", ""];
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const status = new Promise((resolve) => child.on("close", resolve));
    child.stdin.write(`${header}\n${rows[0]}\n`);
    await new Promise<void>((resolve) =>
      child.stdout.on("data", (text) => {
        stdout += text;
        if (stdout.endsWith("\n")) resolve();
      }),
    );
    child.kill("SIGINT");
    expect(await status).toBe(130);
    expect(JSON.parse(stdout).step).toBe(1);
    expect(stderr).toMatch(/^1 steps?, /m);
  });

  test("when nobody reads the answers any more, it ends", async () => {
    const child = spawn(process.execPath, [main, "watch", "runs/waves", "--no-flags"], { cwd: folder });
    const closed = new Promise((resolve) => child.on("exit", resolve));
    child.stdin.on("error", () => {});
    child.stdin.write(`${header}\n${rows[0]}\n`);
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.stdout.destroy();
    const feeding = setInterval(() => child.stdin.write(`${rows[1]}\n`), 20);
    expect(await closed).toBe(0);
    clearInterval(feeding);
  });
});

test("export writes files that open, with the same bytes each time, and refuses unknown graphs", async () => {
  const run = (...args: string[]) => vrnn(["export", "runs/waves", ...args], folder);
  const outcome = await run("--out", "out/waves.onnx", "--json");
  expect(outcome.status).toBe(0);
  const { files, graphs } = JSON.parse(outcome.stdout);
  expect(files).toEqual(
    ["score.onnx", "step.onnx", "sample.onnx", "encode.onnx", "safetensors"].map((end) => `out/waves.${end}`),
  );
  expect(graphs.step.inputs.x).toEqual({ dtype: "float64", shape: ["B", 3] });
  const before = files.map((file: string) => readFileSync(join(folder, file)));
  await run("--out", "out/waves.onnx");
  expect(files.map((file: string) => readFileSync(join(folder, file)))).toEqual(before);
  const some = await run("--out", "out/some", "--graphs", "step", "--json");
  expect(JSON.parse(some.stdout).files).toEqual(["out/some.step.onnx", "out/some.safetensors"]);
  const wrong = await run("--graphs", "skore", "--out", "out/none");
  expect([wrong.status, wrong.stdout]).toEqual([2, ""]);
  expect(wrong.stderr).toMatch(/there is no graph skore \(did you mean score\?\)/);
});
