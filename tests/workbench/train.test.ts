import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../src/data/files.ts";
import type { VrnnError } from "../../src/errors.ts";
import { digestOf, requireSameDigest } from "../../src/run/digest.ts";
import { openRun } from "../../src/run/run.ts";
import { type RunConfig, runConfig } from "../../src/run/run-config.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { evaluateRun } from "../../src/workbench/evaluate.ts";
import { readOtherData, readRunData, sequencesOf } from "../../src/workbench/run-data.ts";
import {
  type ResultEvent,
  type RunStart,
  type SavingIntervals,
  trainRun,
} from "../../src/workbench/train.ts";
import { errorOf, scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import "../slow.ts";

const scratch = scratchFolder();
const file = writeSeries(join(scratch, "series.csv"));
const data = readDataset(file, { sequence: "run" });
const runtime = nodeRuntime();
const ignore = () => {};
let count = 0;
const newPath = () => join(scratch, "runs", String(count++));

/** Small, but with everything that a resumed run must remember: cut sequences, dropout, several layers, momentum. */
function configOf(model: object, training: object = {}): RunConfig {
  return runConfig.parse({
    vrnn: "0",
    family: "vrnn",
    model: { hidden: 8, latent: 3, ...model },
    training: {
      epochs: 3,
      batchSize: 2,
      window: 10,
      dropout: 0.2,
      weightDecay: 0.01,
      klWarmupSteps: 9,
      ...training,
    },
    data: { path: file, digest: digestOf(data), schema: { sequence: "run" } },
    columns: data.columns,
  });
}

const everyStep: SavingIntervals = { step: 0, epoch: 0 };
const seldom: SavingIntervals = { step: 1e9, epoch: 1e9 };

interface Session {
  readonly start?: RunStart;
  /** Asks to stop when this step is done. */
  readonly stopAt?: number;
  /** Goes away when this step is done, without another word. */
  readonly leaveAt?: number;
  readonly saving?: SavingIntervals;
}

/** One process's share of a run; the result when it reached the end. */
async function session(
  path: string,
  config: RunConfig,
  options: Session = {},
): Promise<ResultEvent | undefined> {
  const { start = "resume", stopAt, leaveAt, saving = seldom } = options;
  const controller = new AbortController();
  for await (const event of trainRun({
    path,
    config,
    data,
    runtime,
    start,
    signal: controller.signal,
    saving,
  })) {
    if (event.type === "result") return event;
    if (event.type === "step" && event.step === stopAt) controller.abort();
    if (event.type === "step" && event.step === leaveAt) return undefined;
  }
  return undefined;
}

const files = ["config.json", "metrics.jsonl", "state.safetensors", "weights.safetensors"];
const contentOf = (path: string) =>
  Object.fromEntries(files.map((name) => [name, readFileSync(join(path, name), "hex")]));

async function uninterrupted(config: RunConfig): Promise<string> {
  const path = newPath();
  await session(path, config, { start: "new" });
  return path;
}

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error) => error,
  );
}

describe.each([
  ["GRU", { cell: "gru" }],
  ["two layers of LSTM", { cell: "lstm", layers: 2 }],
])("a run of a %s", (_, model) => {
  const config = configOf(model);

  test("ends with the same files when it is stopped again and again, amid a cut sequence too", async () => {
    const whole = await uninterrupted(config);
    const path = newPath();
    await session(path, config, { start: "new", stopAt: 1 });
    for (const stopAt of [2, 3, 5, 8, 9, 14]) expect(await session(path, config, { stopAt })).toBeUndefined();
    expect(await session(path, config)).toBeDefined();
    expect(contentOf(path)).toEqual(contentOf(whole));
    expect(readdirSync(path).sort()).toEqual(files);
  });

  test("ends with the same files when it dies after steps that were not saved", async () => {
    const whole = await uninterrupted(config);
    const path = newPath();
    await session(path, config, { start: "new", leaveAt: 2 });
    for (const leaveAt of [3, 9, 12]) await session(path, config, { leaveAt });
    await session(path, config, { saving: everyStep, leaveAt: 11 });
    expect(await session(path, config)).toBeDefined();
    expect(contentOf(path)).toEqual(contentOf(whole));
  });
});

describe("a finished run", () => {
  const config = configOf({});

  test("stays as it is when it is resumed, and tells the same figures", async () => {
    const path = newPath();
    const first = await session(path, config, { start: "new" });
    const before = contentOf(path);
    expect(await session(path, config)).toEqual(first);
    expect(contentOf(path)).toEqual(before);
  });

  test("with more epochs becomes the run that had them from the start", async () => {
    const longer = await uninterrupted({ ...config, training: { ...config.training, epochs: 5 } });
    const path = newPath();
    await session(path, config, { start: "new" });
    await session(path, { ...config, training: { ...config.training, epochs: 5 } });
    for (const name of files.filter((each) => each !== "metrics.jsonl"))
      expect(readFileSync(join(path, name), "hex"), name).toBe(readFileSync(join(longer, name), "hex"));
  });

  test("opens, and evaluates to the figures that training told", async () => {
    const path = newPath();
    const { bounds } = (await session(path, config, { start: "new" })) as ResultEvent;
    const run = openRun(path);
    for (const split of ["train", "valid", "test"] as const) {
      const sequences = sequencesOf(readRunData(run.config, ignore), split, file);
      const evaluated = await evaluateRun(run, sequences, runtime);
      expect(evaluated).toMatchObject(bounds[split] ?? {});
      expect(evaluated.meanOfSequences * sequences.length).toBeCloseTo(
        evaluated.natsPerStep * evaluated.steps,
        6,
      );
    }
  });

  test("has a line of metrics for each epoch, and one for the best weights", async () => {
    const path = await uninterrupted(config);
    const lines = readFileSync(join(path, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 3]);
    expect(lines[0]).toMatchObject({ step: expect.any(Number), best: true });
    for (const split of ["train", "valid"])
      expect(lines[0][`${split}/elbo`]).toBeCloseTo(
        lines[0][`${split}/logLikelihood`] - lines[0][`${split}/kl`],
        9,
      );
    expect(lines[3]["best/valid/elbo"]).toBe(
      Math.max(...lines.slice(0, 3).map((line) => line["valid/elbo"])),
    );
  });

  test("gives way when it is told to, and only then", async () => {
    const path = await uninterrupted(config);
    expect(await rejection(session(path, config, { start: "new" }))).toMatchObject({ code: "run/exists" });
    const other = configOf({ hidden: 5 });
    await session(path, other, { start: "replace" });
    expect(contentOf(path)).toEqual(contentOf(await uninterrupted(other)));
  });
});

describe("what is on the disk is not trusted", () => {
  const config = configOf({});

  test.each(["state.safetensors", "weights.safetensors"])(
    "%s cut at any byte is refused in one line",
    async (name) => {
      const path = await uninterrupted(config);
      const bytes = readFileSync(join(path, name));
      const cuts = [0, 1, 7, 8, 9, 100, bytes.length >> 1, bytes.length - 4, bytes.length - 1];
      for (const length of cuts) {
        writeFileSync(join(path, name), bytes.subarray(0, length));
        const read = name.startsWith("state")
          ? session(path, config)
          : Promise.resolve().then(() => openRun(path));
        const error = await rejection(read);
        expect(error, `${length} bytes`).toMatchObject({
          name: "VrnnError",
          message: expect.stringMatching(/^.{20,300}$/),
        });
        expect(existsSync(join(path, "train.lock"))).toBe(false);
      }
    },
  );

  test("weights of another model are refused, with the tensor and both shapes", async () => {
    const path = await uninterrupted(config);
    const other = await uninterrupted(configOf({ hidden: 5 }));
    writeFileSync(join(path, "weights.safetensors"), readFileSync(join(other, "weights.safetensors")));
    expect(errorOf(() => openRun(path))).toMatchObject({
      code: "checkpoint/mismatch",
      message: expect.stringMatching(/phi_x.*F32 \[\d+, 5\], the model's is F32 \[\d+, 8\]/),
    });
  });

  test.each<[string, (config: Record<string, never>) => unknown]>([
    ["a model too large for any machine", (config) => Object.assign(config.model!, { hidden: 2 ** 60 })],
    ["a family that does not exist", (config) => Object.assign(config, { family: "crystal ball" })],
    ["an option that does not exist", (config) => Object.assign(config.model!, { wings: 2 })],
    [
      "a column without a name",
      ({ fields }) => Object.assign(fields!["x"]["columns"][0], { name: undefined }),
    ],
    ["no columns", ({ fields }) => Object.assign(fields!["x"], { columns: [] })],
    ["the columns of an older format beside its fields", (config) => Object.assign(config, { columns: [] })],
    ["no fields key", (config) => Object.assign(config, { fields: undefined })],
    ["no field that is modelled", (config) => Object.assign(config, { fields: {} })],
  ])("a configuration with %s is refused in one line", async (_, spoil) => {
    const path = await uninterrupted(configOf({}, { epochs: 1 }));
    const saved = JSON.parse(readFileSync(join(path, "config.json"), "utf8"));
    spoil(saved);
    writeFileSync(join(path, "config.json"), JSON.stringify(saved));
    const { code, message } = errorOf(() => openRun(path)) as VrnnError;
    expect(code).toBe("run/config");
    // How long the folder's own name is does not count.
    expect(message.replace(path, "")).toMatch(/^.{20,300}$/);
  });
});

describe("the data of a run", () => {
  const config = configOf({});

  test("are the same when nothing changed, and different by a single value", () => {
    expect(
      errorOf(() => requireSameDigest(config, digestOf(readRunData(config, ignore)), file)),
    ).toBeUndefined();
    const changed = join(scratch, "changed.csv");
    writeFileSync(changed, readFileSync(file, "utf8").replace(/,1\n/, ",0\n"));
    expect(
      errorOf(() => requireSameDigest(config, digestOf(readRunData(config, ignore, changed)), changed)),
    ).toMatchObject({
      code: "run/data-changed",
    });
  });

  test("other data are read whole, or by split, with the columns of the run", () => {
    const other = writeSeries(join(scratch, "other.csv"), { lengths: [9, 30, 8, 7], seed: 2 });
    expect(readOtherData(config, ignore, other).sequences.map(({ length }) => length)).toEqual([9, 30, 8, 7]);
    expect(
      readOtherData(config, ignore, other, { split: "valid" }).sequences.map(({ length }) => length),
    ).toEqual([8]);
  });

  test("that are gone or have an empty split are an error with a remedy", () => {
    const gone = { ...config, data: { ...config.data, path: join(scratch, "gone.csv") } };
    expect(errorOf(() => readRunData(gone, ignore))).toMatchObject({ code: "run/data" });
    expect(
      errorOf(() => sequencesOf({ splits: { train: data.splits.train, valid: [], test: [] } }, "test", file)),
    ).toMatchObject({
      code: "run/split",
      message: `${file}: the test split is empty (there are train)`,
    });
  });
});
