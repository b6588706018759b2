import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { decode } from "fast-png";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { datasetFromArrays, Trainer, trainingOptions } from "vrnn";
import { nodeRuntime } from "vrnn/node";
import "./built.ts";
import { Storn } from "../examples/16-own-model.ts";
import { gumbel } from "../examples/17-own-distribution.ts";
import { waves } from "../examples/shared.ts";
import { testWithSharedData } from "./shared-data.ts";

const examples = resolve(import.meta.dirname, "../examples");

let folder: string;
const here = process.cwd();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vrnn-examples-"));
  process.chdir(folder); // where examples write their files
});
afterEach(() => {
  process.chdir(here);
  rmSync(folder, { recursive: true });
});

/** What an example prints, line by line. */
async function printed(file: string): Promise<string[]> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(join(examples, file));
    return log.mock.calls.map(([line]) => String(line));
  } finally {
    log.mockRestore();
  }
}

/** The number after the words, in the line that has them. */
function numberAfter(lines: readonly string[], words: string): number {
  const line = lines.find((each) => each.includes(words)) ?? "";
  return Number.parseFloat(line.slice(line.indexOf(words) + words.length));
}

/** Some square of a picture of one channel. */
const squareOf = (data: ArrayLike<number>, width: number, x: number, y: number, side: number): number[] =>
  Array.from({ length: side * side }, (_, i) => data[(y + Math.floor(i / side)) * width + x + (i % side)]!);

/** What has to be true of what each example prints. */
const checks: Readonly<Record<string, (lines: readonly string[]) => void>> = {
  "01-first-model.ts": (lines) => {
    expect(numberAfter(lines, "epoch 40: ")).toBeGreaterThan(numberAfter(lines, "epoch 1: ") + 0.4);
    expect(numberAfter(lines, "test: ")).toBeGreaterThan(0);
  },
  "02-score.ts": (lines) => {
    expect(numberAfter(lines, "broken: ")).toBeLessThan(numberAfter(lines, "as it was: ") - 10);
    expect(lines.at(-1)).toBe("the least likely of 150 steps: 100");
  },
  "03-sample.ts": (lines) => {
    const roughness = lines.map((line) => numberAfter([line], "roughness "));
    expect(roughness).toHaveLength(3);
    expect(roughness).toEqual(roughness.toSorted((a, b) => a - b));
    expect(roughness[2]).toBeGreaterThan(1.5 * roughness[0]!);
  },
  "04-forecast.ts": (lines) => {
    expect(lines).toHaveLength(13);
    expect(numberAfter(lines.slice(-1), "")).toBeGreaterThanOrEqual(9);
  },
  "05-fill-gaps.ts": (lines) => {
    expect(numberAfter(lines, "of the model: ")).toBeLessThan(0.6 * numberAfter(lines, "of the mean: "));
  },
  "06-encode.ts": (lines) => {
    expect(lines[0]).toBe("450 latent means, 3600 numbers of state");
    expect(numberAfter(lines, "correlation ")).toBeGreaterThan(0.6);
  },
  "07-stream.ts": (lines) => {
    expect(lines[0]).toMatch(/^went on after step 75 from \d+ characters$/);
    expect(numberAfter(lines, "one step ahead: ")).toBeLessThan(0.6 * numberAfter(lines, 'as it is now": '));
  },
  "08-detect.ts": (lines) => {
    expect(lines).toContain("clean recording: 0 events");
    const [, first, last] = /steps (\d+) to (\d+), because of .*wave/.exec(lines.join("\n")) ?? [];
    expect(Number(first)).toBeGreaterThanOrEqual(60);
    expect(Number(first)).toBeLessThan(70);
    expect(Number(last)).toBeGreaterThanOrEqual(Number(first));
  },
  "09-counts.ts": (lines) => {
    expect(lines[0]).toBe("requests: count, load: real, state: categorical");
    expect(numberAfter(lines, "negative-binomial: ")).toBeGreaterThan(numberAfter(lines, "by poisson: "));
  },
  "10-conditions.ts": (lines) => {
    expect(lines[0]).toBe("shop: static, holiday: covariate");
    expect(numberAfter(lines, "told of shop and holidays: ")).toBeGreaterThan(
      numberAfter(lines, "not told of them: ") + 0.3,
    );
    expect(Math.abs(numberAfter(lines, "working day: ") - 50)).toBeLessThan(2);
    expect(Math.abs(numberAfter(lines, "a holiday: ") - 65)).toBeLessThan(2);
  },
  "11-music.ts": (lines) => {
    expect(numberAfter(lines.slice(1), "")).toBeGreaterThan(40);
    expect(lines[0]).toMatch(/C.*A.*F.*G/);
    expect(readFileSync("music.mid").subarray(0, 4).toString()).toBe("MThd");
  },
  "12-strokes.ts": (lines) => {
    const lifted = lines[0]!.match(/\d+/g)!.map(Number);
    const rings = lifted.map((move, i) => move - (lifted[i - 1] ?? 0));
    expect(rings.length).toBeGreaterThanOrEqual(2);
    for (const moves of rings) expect(Math.abs(moves - 13)).toBeLessThanOrEqual(2);
    const picture = readFileSync("rings.svg", "utf8");
    expect(picture.startsWith("<svg")).toBe(true);
    expect(picture.match(/<path d="M/g)!.length).toBeGreaterThanOrEqual(rings.length);
  },
  "13-export.ts": (lines) => {
    expect(lines[0]).toBe("inputs: x, state.h, noise");
    expect(numberAfter(lines, "ONNX Runtime: ")).toBeCloseTo(numberAfter(lines, "the library: "), 4);
  },
  "14-resume.ts": (lines) => {
    expect(lines[0]).toBe("interrupted after step 10");
    expect(lines[1]).toBe("finished after step 36");
    expect(lines[2]).toMatch(/^all of \d+ weights are the same/);
  },
  "15-graph.ts": (lines) => {
    expect(numberAfter(lines, "finite differences: ")).toBeCloseTo(numberAfter(lines, "slope at 0.5: "), 5);
    expect(lines.at(-1)).toBe("the factor is 0.8000");
  },
  "19-srnn.ts": (lines) => {
    expect(numberAfter(lines, "SRNN: ")).toBeGreaterThan(0.2);
    expect(numberAfter(lines, "by particles: ")).toBeLessThan(0.6 * numberAfter(lines, "as it is now: "));
    expect(numberAfter(lines, "100 of them: ")).toBeGreaterThan(numberAfter(lines, "knew it all: ") - 0.1);
    expect(numberAfter(lines, "nats per step, ")).toBeGreaterThan(10); // particles count
    expect(lines.at(-1)).toMatch(/^a stream without particles is refused: model\/not-causal/);
  },
  "20-two-levels.ts": (lines) => {
    const [one, two] = [numberAfter(lines, "one level: "), numberAfter(lines, "two levels: ")];
    expect(one).toBeGreaterThan(-1.5); // that of a normal step is -1.424
    expect(two).toBeGreaterThan(one + 0.5);
    expect(two).toBeLessThan(numberAfter(lines, "best there is: "));
  },
  "21-one-latent-for-a-sequence.ts": (lines) => {
    expect(numberAfter(lines, "with the frequency: ")).toBeGreaterThan(0.9);
    const found = lines.slice(1).map((line) => numberAfter([line], "frequency "));
    expect(found).toHaveLength(5);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found[4]! - found[0]!).toBeGreaterThan(0.15);
  },
  "22-hidden-markov.ts": (lines) => {
    const [exact, summed] = [numberAfter(lines, "forward algorithm: "), numberAfter(lines, "2187 paths: ")];
    expect(Math.abs(exact - summed)).toBeLessThan(1e-5);
    expect(numberAfter(lines, "steepest of 18 slopes: ")).toBeGreaterThan(0.1);
    expect(numberAfter(lines, "differences of that sum: ")).toBeLessThan(1e-5);
  },
  "23-particle-bounds.ts": (lines) => {
    const bounds = lines.slice(0, 4).map((line) => ({
      nats: numberAfter([line], ": "),
      error: numberAfter([line], "standard error "),
    }));
    const exact = numberAfter(lines, "Kalman filter: ");
    const ladder = [...bounds, { nats: exact, error: 0 }];
    ladder.slice(1).forEach(({ nats, error }, i) => {
      const lower = ladder[i]!;
      expect(nats - lower.nats).toBeGreaterThan(3 * Math.hypot(error, lower.error));
    });
    const [fivo4, fivo32] = bounds.slice(2).map(({ nats }) => exact - nats);
    expect(fivo32!).toBeLessThan(0.25 * fivo4!);
    const apart = numberAfter(lines, "three of 10: ") - numberAfter(lines, "window of 30 steps: ");
    expect(Math.abs(apart)).toBeLessThan(1e-4);
  },
  "24-reverse-strings.ts": (lines) => {
    expect(lines[1]).toBe("  wnuaaeqitvhrgj becomes jgrhvtiqeaaunw");
    expect(numberAfter(lines, "with attention: ")).toBeGreaterThanOrEqual(99);
    expect(numberAfter(lines, "without attention: ")).toBeLessThan(50);
  },
  "25-frames.ts": (lines) => {
    const [alone, copy, twin, vrnn] = lines.map((line) => numberAfter([line], ": "));
    expect(copy!).toBeGreaterThan(alone!);
    expect(twin!).toBeGreaterThan(copy! + 6);
    expect(vrnn!).toBeGreaterThan(copy! + 12);
    const { width, height, data } = decode(readFileSync("frames.png"));
    expect([width, height]).toEqual([4 * (16 * 17 + 1), 4 * (8 * 17 + 1)]);
    const brightest = (row: number, frame: number) =>
      Math.max(...squareOf(data, width, 4 * (1 + 17 * frame), 4 * (1 + 17 * row), 64));
    for (const row of [1, 3, 5, 7]) expect(brightest(row, 6)).toBeGreaterThan(64);
  },
  "27-expectation-maximisation.ts": (lines) => {
    const course = lines.slice(0, 4).map((line) => numberAfter([line], ": "));
    expect(course).toEqual(course.toSorted((a, b) => a - b));
    expect(course[3]!).toBeGreaterThan(course[0]! + 0.5);
    expect(numberAfter(lines, "an iteration added: ")).toBeGreaterThan(-1e-9);
    expect(numberAfter(lines, "by two states: ")).toBeGreaterThan(numberAfter(lines, "by one: ") + 0.5);
    expect(Math.abs(numberAfter(lines, "states around ") - 1)).toBeLessThan(0.1);
    expect(Math.abs(numberAfter(lines.slice(6), " and ") - 4)).toBeLessThan(0.1);
    expect(Math.abs(numberAfter(lines, "with probability ") - 0.9)).toBeLessThan(0.03);
    expect(Math.abs(numberAfter(lines.slice(-1), " and ") - 0.9)).toBeLessThan(0.03);
  },
  "28-text.ts": (lines) => {
    const grams = numberAfter(lines, "Kneser-Ney: ");
    const [vrnn, twin] = [numberAfter(lines, "VRNN: "), numberAfter(lines, "latent variables: ")];
    expect(vrnn).toBeGreaterThan(grams + 0.05);
    expect(twin).toBeGreaterThan(grams + 0.05);
    expect(lines).toContain("dora waves and dora smiles.");
  },
  "29-beam-search.ts": (lines) => {
    expect(lines[1]).toMatch(/^a [c-h]: 0\.1\d$/);
    expect(lines[lines.indexOf("width 5:") + 1]).toMatch(/^b b: 0\.[34]\d$/);
  },
  "30-classify.ts": (lines) => {
    const [baseline, readout] = ["regression: ", "states: "].map((words) => numberAfter(lines, words));
    expect(baseline).toBeGreaterThan(98);
    expect(readout).toBeGreaterThanOrEqual(baseline! - 1);
  },
  "18-read-a-table.ts": (lines) => {
    expect(lines.slice(0, 4)).toEqual([
      "load, real, on a grid of 0.1, with gaps",
      "state, categorical, busy down idle",
      "alarm, binary",
      "errors, count",
    ]);
    expect(lines).toContain('column "version" is left out: it is constant in the training split ("v1")');
  },
  "32-own-objective.ts": (lines) => {
    const [mean, told] = [
      "by its mean: root mean squared error ",
      "told from the state: root mean squared error ",
    ];
    expect(numberAfter(lines, told)).toBeLessThan(0.75 * numberAfter(lines, mean));
    const [both, alone] = ["bound with it: ", "bound alone: "].map((words) => numberAfter(lines, words));
    expect(both).toBeGreaterThan(alone! - 0.1);
  },
  "33-translate.ts": (lines) => {
    const [translator, rule] = ["translator: ", "rule: "].map((words) => numberAfter(lines, words));
    expect(translator).toBeGreaterThan(95);
    expect(rule).toBeLessThan(40);
    expect(lines).toContain("May 5, 2005 becomes 2005-05-05");
    expect(numberAfter(lines, "between ")).toBeGreaterThan(10);
  },
  "34-stream-text.ts": (lines) => {
    expect(lines.at(-1)).toBe("written: row your boat, gently down the stream.");
    const pieces = lines.slice(0, -1).map((line) => JSON.parse(line.slice("piece: ".length)) as string);
    expect(pieces.every(({ length }) => length === 4)).toBe(true);
    expect(pieces.join("").length).toBeLessThan(50);
  },
  "35-commands.ts": (lines) => {
    const heard = lines.findIndex((line) => line.startsWith("heard: "));
    const partials = lines.slice(0, heard).filter((line) => line.startsWith("  "));
    expect(partials.length).toBeGreaterThan(0);
    for (const line of partials) expect(line).toMatch(/^ {2}after \d\.\d\d s: (seven|three|nine|zero)$/);
    expect(lines[heard]).toMatch(/^heard: (seven|three|nine|zero), \d+ % sure$/);
    expect(numberAfter(lines, "of 20 unheard commands right: ")).toBeGreaterThanOrEqual(15); // by chance: 5
  },
  "36-captions.ts": (lines) => {
    expect(lines[0]).toMatch(/^people: there is a (\w+) (\w+); a \2 that is \1$/);
    expect(lines[1]).toMatch(/^the model: (there is a|a) /);
    expect(numberAfter(lines, "by the model: ")).toBeGreaterThan(80);
    expect(numberAfter(lines, "true class: ")).toBeLessThan(60);
  },
  "37-odd-frames.ts": (lines) => {
    expect(numberAfter(lines, "stands still: ")).toBeGreaterThan(3 * numberAfter(lines, "at most "));
    expect(numberAfter(lines, "by the model: ")).toBeGreaterThanOrEqual(15); // by chance: 3
    expect(numberAfter(lines, "to the last frame: ")).toBeLessThanOrEqual(2);
  },
  "38-walkers.ts": (lines) => {
    expect(numberAfter(lines, "one guess: ")).toBeLessThan(0.75 * numberAfter(lines, "as before: "));
    const [futures, straying] = [numberAfter(lines, "20 futures: "), numberAfter(lines, "and speeds: ")];
    expect(futures).toBeLessThan(0.5 * straying);
    const left = numberAfter(lines, "to either side, ");
    expect(left).toBeGreaterThanOrEqual(3);
    expect(left).toBeLessThanOrEqual(17);
  },
  "31-jumps.ts": (lines) => {
    expect(numberAfter(lines, "student-t steps: ")).toBeGreaterThan(
      numberAfter(lines, "normal steps: ") + 0.2,
    );
  },
};

/** Examples on data sets that do not come with the project. */
const onSharedData = ["25-frames.ts", "30-classify.ts", "35-commands.ts"];

/** Examples that say how something is written and print nothing; their own tests are below. */
const written = ["16-own-model.ts", "17-own-distribution.ts"];

test("every example is checked", () => {
  const numbered = readdirSync(examples).filter((file) => /^\d\d-.*\.ts$/.test(file));
  expect(numbered.toSorted()).toEqual([...Object.keys(checks), ...written].toSorted());
});

/** Milliseconds: two of them train for half a minute on two quiet cores, and tests run beside each other. */
const limit = 600_000;

describe("what examples print", () => {
  const check = async (file: string) => checks[file]!(await printed(file));
  test.each(Object.keys(checks).filter((file) => !onSharedData.includes(file)))("%s", check, limit);
  for (const file of onSharedData) testWithSharedData(file, () => check(file), limit);
});

test("16-own-model.ts trains through the same contract", async () => {
  const data = datasetFromArrays(waves(), { only: ["wave"] });
  const options = trainingOptions.parse({ epochs: 20, learningRate: 0.02, window: 50, shards: 1 });
  const model = new Storn(data.columns, 24, 2);
  const trainer = await Trainer.create({ model, data, options, runtime: nodeRuntime() });
  const bounds: number[] = [];
  for await (const event of trainer.fit()) if (event.type === "epoch") bounds.push(event.valid.natsPerStep);
  await trainer.dispose();
  expect(bounds.at(-1)!).toBeGreaterThan(bounds[0]! + 0.4);
});

test("17-own-distribution.ts has a location and a scale for each column", () => {
  const { columns } = datasetFromArrays(waves());
  expect(gumbel(columns).width).toBe(2 * columns.length);
});
