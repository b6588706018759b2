/** Tables that are read in parts, at the command line: against the same file in memory. */
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { isLarge } from "../../src/data/files-streamed.ts";
import { LARGE_MEGABYTES } from "../../src/data/large.ts";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const json = ({ stdout }: Outcome) => JSON.parse(stdout) as Record<string, { natsPerStep: number }>;
const model = ["--hidden", "6", "--latent", "2", "--batch", "4", "--window", "16"];

/** Ragged sequences of a wave, a line each. */
function waves(count: number, seed: number): string {
  const random = Random.stream(seed, "waves");
  const lines = Array.from({ length: count }, (_, i) => {
    const wave = Array.from({ length: 12 + random.integer(30) }, (_, t) =>
      random.integer(20) === 0 ? null : Number((Math.sin(t / 3 + i) + 0.1 * random.normal()).toFixed(2)),
    );
    return JSON.stringify({ name: `wave ${i}`, wave, high: wave.map((value) => Number((value ?? 0) > 0.5)) });
  });
  return `${lines.join("\n")}\n`;
}

let streamed: Outcome;
beforeAll(async () => {
  writeFileSync(join(folder, "waves.jsonl"), waves(30, 1));
  writeFileSync(join(folder, "few.jsonl"), waves(3, 2));
  streamed = await run("train", "waves.jsonl", "--stream", ...model, "--epochs", "4");
});

test("it is told, whole sequences are dealt out, and the bounds are those of the same file in memory", async () => {
  expect(streamed).toMatchObject({ status: 0, stdout: "" });
  expect(streamed.stderr).toContain("note: sequences are read from the file as they are needed\n");
  expect(streamed.stderr).toMatch(/^train: 20 sequences/m);
  expect(streamed.stderr).toContain("no report: none is drawn of a table that is read in parts");
  const held = json(await run("train", "waves.jsonl", ...model, "--epochs", "4", "--out", "held", "--json"));
  for (const split of ["train", "valid", "test"]) {
    const [, told] = new RegExp(`^${split} +(-?\\d+\\.\\d+) nats`, "m").exec(streamed.stderr) ?? [];
    expect(Math.abs(Number(told) - held[split]!.natsPerStep)).toBeLessThan(2e-3);
  }
  const evaluated = JSON.parse((await run("evaluate", "runs/waves", "--json")).stdout) as {
    natsPerStep: number;
  };
  expect(Math.abs(evaluated.natsPerStep - held["test"]!.natsPerStep)).toBeLessThan(2e-3);
});

test("goes on with the same file, bit for bit, and refuses another", async () => {
  const stream = ["train", "waves.jsonl", "--stream", ...model, "--epochs"];
  await run(...stream, "2", "--out", "halves");
  expect(await run("train", "--resume", "halves", "--epochs", "4")).toMatchObject({ status: 0 });
  const weights = (at: string) => readFileSync(join(folder, at, "weights.safetensors"));
  expect(weights("halves")).toEqual(weights("runs/waves"));
  const other = await run("train", "few.jsonl", "--resume", "halves", "--epochs", "5");
  expect(other.stderr).toMatch(/the data are not those that the run began with/);
});

test("what makes up sequences needs none, and what works in memory takes a part", async () => {
  expect(await run("sample", "runs/waves", "--out", "samples")).toMatchObject({ status: 0 });
  const scores = await run("score", "runs/waves", "--data", "few.jsonl");
  expect(scores).toMatchObject({ status: 0 });
  expect(scores.stdout).toMatch(/^sequence,step,total,wave,high,kl\n/);
  const forecast = await run("forecast", "runs/waves", "--data", "few.jsonl", "--horizon", "2");
  expect(forecast).toMatchObject({ status: 0 });
  expect(forecast.stderr).toContain("note: the quantiles are the model's own: ");
  const imputed = await run("impute", "runs/waves", "--data", "few.jsonl", "--out", "imputed.csv");
  expect(imputed).toMatchObject({ status: 0 });
  expect(imputed.stderr).toContain("note: the draws are the model's own: ");
  expect(await run("evaluate", "runs/waves", "--data", "few.jsonl")).toMatchObject({ status: 0 });
});

describe("separated values", () => {
  /** One long sequence, as loggers write it. */
  const logged = (steps: number, last = "") => {
    const random = Random.stream(4, "logged");
    const row = (t: number) => `${Math.sin(t / 9).toFixed(3)},${(0.1 * random.normal()).toFixed(2)}`;
    return `level,noise\n${Array.from({ length: steps }, (_, t) => row(t)).join("\n")}\n${last}`;
  };

  test("train to the same bounds as in memory, and are evaluated", async () => {
    writeFileSync(join(folder, "log.csv"), logged(900));
    const train = ["train", "log.csv", ...model, "--epochs", "2", "--json"];
    const parts = json(await run(...train, "--stream", "--out", "parts"));
    const held = json(await run(...train, "--out", "at-once"));
    expect(parts["test"]!.natsPerStep).toBeCloseTo(held["test"]!.natsPerStep, 6);
    const evaluated = JSON.parse((await run("evaluate", "parts", "--json")).stdout) as {
      natsPerStep: number;
    };
    expect(evaluated.natsPerStep).toBeCloseTo(held["test"]!.natsPerStep, 6);
  });

  test("of a column that becomes text at its end are refused with the line, and no run is begun", async () => {
    writeFileSync(join(folder, "broken.csv"), logged(900, "offline,0.1\n"));
    const { status, stderr } = await run("train", "broken.csv", "--stream", ...model);
    expect(status).toBe(1);
    expect(stderr).toContain('broken.csv:902, column "level": "offline" is no number');
    expect(existsSync(join(folder, "runs/broken"))).toBe(false);
  });
});

describe("is refused by name", () => {
  test.each(["score", "forecast", "filter", "impute", "encode", "reconstruct", "calibrate"])(
    "%s",
    async (name) => {
      const { status, stderr } = await run(name, "runs/waves");
      expect(status).toBe(1);
      expect(stderr).toMatch(
        new RegExp(
          `${name} works in memory, and the data of the run are read in parts \\(give a part of them with --data`,
        ),
      );
    },
  );

  test("expectation maximisation", async () => {
    const em = ["--model", "hmm", "--learner", "em", "--only", "wave", "--out", "refused"];
    const { status, stderr } = await run("train", "waves.jsonl", "--stream", ...em);
    expect([status, stderr]).toEqual([1, expect.stringContaining("learns from tables in memory")]);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("files of other kinds, and compressed ones", async () => {
    writeFileSync(join(folder, "table.json"), '[{"a": 1}, {"a": 2}, {"a": 3}]');
    const table = await run("train", "table.json", "--stream");
    expect([table.status, table.stderr]).toEqual([
      1,
      expect.stringContaining("only tables of separated values and JSON Lines are read in parts"),
    ]);
    writeFileSync(join(folder, "packed.jsonl.gz"), gzipSync(waves(5, 3)));
    const packed = await run("train", "packed.jsonl.gz", "--stream");
    expect([packed.status, packed.stderr]).toEqual([1, expect.stringContaining("unpack it with gunzip")]);
  });
});

test("files beyond a size are read so without being asked", () => {
  const sized = (name: string, bytes: number) => {
    writeFileSync(join(folder, name), "");
    truncateSync(join(folder, name), bytes); // sparse: it takes no room
    return isLarge(join(folder, name));
  };
  const limit = LARGE_MEGABYTES * 1e6;
  expect(sized("at.jsonl", limit)).toBe(false);
  expect(sized("beyond.jsonl", limit + 1)).toBe(true);
  expect(sized("beyond.ndjson", limit + 1)).toBe(true);
  expect(sized("at.csv", limit)).toBe(false);
  expect(sized("beyond.csv", limit + 1)).toBe(true);
  expect(sized("beyond.tsv", limit + 1)).toBe(true);
  expect(sized("beyond.npz", limit + 1)).toBe(false);
});
