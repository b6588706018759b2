import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { writeSeries } from "../run/series.ts";
import { main, type Outcome, tiny, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const json = ({ stdout }: Outcome) => {
  expect(stdout).toMatch(/^\{[^\n]*\}\n$/);
  return JSON.parse(stdout);
};
const weightsOf = (run: string) => readFileSync(join(folder, run, "weights.safetensors"), "hex");

describe("train, evaluate, info", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    writeSeries(join(folder, "waves.csv"));
    outcome = await vrnn(["train", "waves.csv", ...tiny, "--json"], folder);
  });

  test("train prints one JSON object of fixed shape; the schema and the course go to stderr", () => {
    expect(outcome.status).toBe(0);
    const bound = { natsPerStep: expect.any(Number) };
    expect(json(outcome)).toEqual({
      run: "runs/waves",
      parameters: expect.any(Number),
      epochs: 2,
      bestEpoch: 2,
      seconds: expect.any(Number),
      train: expect.objectContaining(bound),
      valid: expect.objectContaining(bound),
      test: expect.objectContaining(bound),
      notes: [
        "split by sequence, in order: 3 train, 1 valid, 1 test",
        "train: r0, r1 and r2; valid: r3; test: r4",
      ],
    });
    expect(outcome.stderr).toMatch(/^train: 3 sequences, 94 steps$/m);
    expect(outcome.stderr).toMatch(/wave +real/);
    expect(outcome.stderr).toMatch(/epoch 2\/2 {2}train -?\d+\.\d{3} {2}valid -?\d+\.\d{3}/);
    expect(outcome.stderr).not.toContain("\u001b");
    expect(readdirSync(join(folder, "runs/waves")).sort()).toEqual([
      "config.json",
      "metrics.jsonl",
      "report.html",
      "state.safetensors",
      "weights.safetensors",
    ]);
  });

  test.each(["train", "valid", "test"])(
    "evaluate gives the figure that training told of the %s split",
    async (split) => {
      const evaluated = json(await vrnn(["evaluate", "runs/waves", "--split", split, "--json"], folder));
      expect(Object.keys(evaluated)).toEqual([
        "bound",
        "natsPerStep",
        "meanOfSequences",
        "sequences",
        "steps",
        "notes",
      ]);
      expect(evaluated).toMatchObject({ bound: "elbo", natsPerStep: json(outcome)[split].natsPerStep });
      expect(evaluated.meanOfSequences * evaluated.sequences).toBeCloseTo(
        evaluated.natsPerStep * evaluated.steps,
        6,
      );
    },
  );

  test("evaluate takes other data, from another folder too", async () => {
    writeSeries(join(folder, "others.csv"), { lengths: [11, 12], seed: 3 });
    const args = ["evaluate", join(folder, "runs/waves"), "--data", "others.csv", "--json"];
    expect(json(await vrnn(args, folder))).toMatchObject({ sequences: 2, steps: 23 });
  });

  test("info describes a run and a file, for people and for programs", async () => {
    const run = json(await vrnn(["info", "runs/waves", "--json"], folder));
    expect(run).toMatchObject({ kind: "run", family: "vrnn", model: { hidden: 6, latent: 2 }, columns: 3 });
    const sizes: number[] = Object.values<number[]>(run.parameters.tensors).map((shape) =>
      shape.reduce((all, size) => all * size, 1),
    );
    expect(sizes.reduce((sum, size) => sum + size)).toBe(json(outcome).parameters);
    const told = await vrnn(["info", "runs/waves"], folder);
    expect(told.stdout).toMatch(/train\/elbo {2}best -?[\d.]+ +last -?[\d.]+ +[▁-█]{2}\n/);
    expect(told.stdout).toMatch(/weights\.safetensors {2}[\d.]+ kB/);
    const file = json(await vrnn(["info", "waves.csv", "--json"], folder));
    expect(file).toMatchObject({ kind: "data", splits: { train: { sequences: 1 } } });
    expect((await vrnn(["info", "waves.csv"], folder)).stdout).toMatch(/^train: 1 sequence, 87 steps\n/);
  });

  test("the same command gives the same files again, with --force; another seed gives others", async () => {
    const before = weightsOf("runs/waves");
    expect(await vrnn(["train", "waves.csv", ...tiny, "--force"], folder)).toMatchObject({
      status: 0,
      stdout: "",
    });
    expect(weightsOf("runs/waves")).toBe(before);
    await vrnn(["train", "waves.csv", ...tiny, "--seed", "2", "--out", "runs/second"], folder);
    expect(weightsOf("runs/second")).not.toBe(before);
  });

  test("the same command with --resume goes on, to more epochs too", async () => {
    await vrnn(["train", "waves.csv", ...tiny, "--epochs", "4", "--out", "runs/four"], folder);
    const two = ["train", "waves.csv", ...tiny, "--out", "runs/two"];
    await vrnn(two, folder);
    const before = weightsOf("runs/two");
    expect(await vrnn([...two, "--resume"], folder)).toMatchObject({ status: 0 });
    expect(weightsOf("runs/two")).toBe(before);
    const longer = await vrnn([...two, "--resume", "--epochs", "4", "--json"], folder);
    expect(json(longer)).toMatchObject({ run: "runs/two", epochs: 4 });
    for (const name of ["config.json", "weights.safetensors", "state.safetensors"])
      expect(readFileSync(join(folder, "runs/two", name))).toEqual(
        readFileSync(join(folder, "runs/four", name)),
      );
  });

  test("a constant column is left out with a note", async () => {
    const rows = Array.from({ length: 40 }, (_, t) => `${(t * 7) % 5}.5,3`);
    writeFileSync(join(folder, "constant.csv"), `a,b\n${rows.join("\n")}\n`);
    const { status, stderr } = await vrnn(
      ["train", "constant.csv", "--hidden", "4", "--epochs", "1"],
      folder,
    );
    expect(status).toBe(0);
    expect(stderr).toMatch(/note: column "b" is left out: it is constant/);
  });
});

describe("a run that is asked to stop", () => {
  const long = [
    "--sequence",
    "run",
    "--hidden",
    "6",
    "--latent",
    "2",
    "--epochs",
    "60",
    "--window",
    "16",
    "--dropout",
    "0.1",
  ];

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s saves, says how to go on, and ends with the same bytes", async (signal, status) => {
    writeSeries(join(folder, "long.csv"));
    const whole = `runs/whole-${signal}`;
    const cut = `runs/cut-${signal}`;
    expect(await vrnn(["train", "long.csv", ...long, "--out", whole], folder)).toMatchObject({ status: 0 });
    const child = spawn(process.execPath, [main, "train", "long.csv", ...long, "--out", cut], {
      cwd: folder,
    });
    let told = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      if (told.includes("epoch 1/60")) child.kill(signal); // more than once when more is told: an echo is no second request
    });
    expect(await once(child, "close")).toEqual([status, null]);
    expect(told).toMatch(new RegExp(`stopped after step \\d+; go on with: vrnn train --resume ${cut}\n$`));
    expect(readdirSync(join(folder, cut))).not.toContain("train.lock");
    const resumed = await vrnn(["train", "--resume", cut, "--json"], folder);
    expect(json(resumed)).toMatchObject({ run: cut, epochs: 60 });
    for (const name of ["config.json", "weights.safetensors", "metrics.jsonl"])
      expect(readFileSync(join(folder, cut, name), "utf8")).toBe(
        readFileSync(join(folder, whole, name), "utf8"),
      );
  });
});

test("a reader that goes away is no crash", async () => {
  writeSeries(join(folder, "pipe.csv"));
  const child = spawn(process.execPath, [main, "info", "pipe.csv"], { cwd: folder });
  child.stdout.destroy();
  let told = "";
  child.stderr.on("data", (text) => {
    told += text;
  });
  const ended = await once(child, "close");
  expect([ended, told.split("\n").filter((line) => !line.startsWith("note: "))]).toEqual([[0, null], [""]]);
});

test("help and version are no errors, and go to stdout", async () => {
  const help = await vrnn(["train", "--help"], folder);
  expect(help).toMatchObject({ status: 0, stderr: "" });
  expect(help.stdout).toMatch(
    /--hidden <units> +width of the hidden layers and of the state\s+\(default: 64\)/,
  );
  expect(await vrnn(["--version"], folder)).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test("settings are searched for a while first, and told", async () => {
  const { status, stderr } = await vrnn(
    [
      "train",
      "waves.csv",
      "--hidden",
      "4",
      "--latent",
      "2",
      "--epochs",
      "2",
      "--budget",
      "20s",
      "--out",
      "runs/searched",
    ],
    folder,
  );
  expect([status, stderr]).toEqual([0, expect.stringMatching(/searched \d+ settings?, 600 updates each: /)]);
});
