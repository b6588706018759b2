/** Labels at the command line: trained, kept, told, and held against what is known. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { LabelField } from "../../src/data/fields.ts";
import { Random } from "../../src/random/generator.ts";
import { openRun } from "../../src/run/run.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const rowsOf = (csv: string) =>
  csv
    .trimEnd()
    .split("\n")
    .map((row) => row.split(","));

const small = ["--hidden", "8", "--latent", "2", "--objective", "cross-entropy", "--lr", "0.02"];

interface Summary {
  readonly accuracy?: number;
  readonly logLoss?: number;
  readonly labelled?: number;
  readonly confusion?: number[][];
  readonly majority?: { readonly accuracy: number; readonly logLoss: number };
  readonly levels: string[];
}
const json = ({ stdout }: Outcome) => JSON.parse(stdout) as Summary;

describe("a table whose sequences have a label", () => {
  let trained: Outcome;
  beforeAll(async () => {
    const random = Random.stream(1, "gait");
    const rows = Array.from({ length: 40 }, (_, k) => {
      const [gait, pace] = k < 24 ? ["walk", 0.4] : ["run", 1.4];
      return Array.from(
        { length: 12 + (k % 5) },
        (_, t) => `p${k},${t},${(Math.sin(pace * t) + 0.1 * random.normal()).toFixed(3)},${gait}`,
      );
    }).flat();
    writeFileSync(join(folder, "gaits.csv"), `person,t,acceleration,gait\n${rows.join("\n")}\n`);
    const bare = rows.slice(0, 30).map((row) => row.replace(/,\w+$/, ""));
    writeFileSync(join(folder, "new.csv"), `person,t,acceleration\n${bare.join("\n")}\n`);
    const named = ["--sequence", "person", "--label", "gait"];
    trained = await run("train", "gaits.csv", ...named, ...small, "--epochs", "15", "--batch", "4");
  });

  test("is trained on, and the label is told and not modelled", () => {
    expect(trained.status).toBe(0);
    expect(trained.stderr).toMatch(
      /note: column "gait" is not modelled but told: the label of each sequence \(run, walk\)/,
    );
    expect(trained.stderr).toMatch(/valid -?\d+\.\d+, \d+\.\d % of labels right, cross-entropy \d\.\d+ \*/);
    expect(trained.stderr).toMatch(/^test .* nats per step, \d+\.\d % of labels right, cross-entropy \d/m);
    const { model, config } = openRun(join(folder, "runs/gaits"));
    expect(model.readout).toMatchObject({ field: "label", over: "sequence" });
    expect(config.data.schema).toMatchObject({ label: "gait" });
  });

  test("is told a row for each sequence, with figures beside the most frequent label", async () => {
    const outcome = await run("classify", "runs/gaits");
    const [header, ...rows] = rowsOf(outcome.stdout);
    expect(header).toEqual(["sequence", "predicted", "p.run", "p.walk", "label"]);
    expect(rows).toHaveLength(6);
    for (const [, predicted, first, second] of rows) {
      expect(Number(first) + Number(second)).toBeCloseTo(1, 5);
      expect(predicted).toBe(Number(first) > Number(second) ? "run" : "walk");
    }
    const right = rows.filter(([, predicted, , , label]) => predicted === label).length / 6;
    const { accuracy, labelled, logLoss, majority } = json(
      await run("classify", "runs/gaits", "--json", "--out", "told.csv"),
    );
    expect([labelled, accuracy]).toEqual([6, right]);
    expect(readFileSync(join(folder, "told.csv"), "utf8")).toBe(outcome.stdout);
    const nats = rows.map(([, , run, walk, label]) => -Math.log(Number(label === "run" ? run : walk)));
    expect(logLoss).toBeCloseTo(nats.reduce((all, each) => all + each, 0) / 6, 4);
    const { shares } = openRun(join(folder, "runs/gaits")).config.fields["label"] as LabelField;
    const walks = rows.filter(([, , , , label]) => label === "walk").length / 6;
    expect(majority!.accuracy).toBe(shares![1]! > shares![0]! ? walks : 1 - walks);
    expect(accuracy).toBeGreaterThan(0.8);
    expect(outcome.stderr).toMatch(/^6 labels +right +log-loss\nthe model +\d/m);
    expect(outcome.stderr).toMatch(/^the most frequent label +\d+\.\d % +\d/m);
    expect(outcome.stderr).toContain("it has too few labels to say what is none of these");
  });

  test("of other data need not be there", async () => {
    const { status, stdout, stderr } = await run("classify", "runs/gaits", "--data", "new.csv");
    expect(status).toBe(0);
    const [header, ...rows] = rowsOf(stdout);
    expect(header).toEqual(["sequence", "predicted", "p.run", "p.walk"]);
    expect(rows.map(([name]) => name)).toEqual(["p0", "p1", "p2"]);
    expect(stderr).toContain("no label is known");
  });

  test("is evaluated by the bound and by its labels", async () => {
    const { stdout } = await run("evaluate", "runs/gaits");
    expect(stdout).toMatch(/^elbo per step +-?\d/);
    expect(stdout).toMatch(/^labels +\d+\.\d % of labels right, cross-entropy \d\.\d+$/m);
    const other = await run("evaluate", "runs/gaits", "--data", "new.csv");
    expect([other.status, other.stdout]).toEqual([0, expect.not.stringContaining("labels")]);
    expect((await run("info", "runs/gaits")).stdout).toMatch(/^told +label of each sequence: run, walk$/m);
  });

  test("goes on as a run that never stopped", async () => {
    const named = ["--sequence", "person", "--label", "gait", ...small, "--batch", "4"];
    await run("train", "gaits.csv", ...named, "--epochs", "2", "--out", "short");
    expect(await run("train", "--resume", "short", "--epochs", "4")).toMatchObject({ status: 0 });
    await run("train", "gaits.csv", ...named, "--epochs", "4", "--out", "long");
    const [short, long] = ["short", "long"].map((name) => openRun(join(folder, name)).weights);
    expect(short).toEqual(long);
  });

  test("scores, samples and forecasts are made as of any run", async () => {
    expect(await run("score", "runs/gaits", "--out", "s.csv")).toMatchObject({ status: 0 });
    expect(await run("sample", "runs/gaits", "--steps", "3", "--out", "made")).toMatchObject({ status: 0 });
    expect(await run("forecast", "runs/gaits", "--horizon", "2", "--out", "f.csv")).toMatchObject({
      status: 0,
    });
  });

  // biome-ignore format: one case a line
  test.each<[string[], number, string]>([
    [["--sequence", "person", "--label", "gait"], 2, "option '--label': the objective elbo learns no labels (choose --objective cross-entropy, or leave the column out with --drop gait)"],
    [["--sequence", "person", "--objective", "cross-entropy"], 1, "the objective cross-entropy is about labels, and the data have none"],
    [["--sequence", "person", "--label-per", "step"], 2, "option '--label-per': no label is named (name its column with --label)"],
    [["--sequence", "person", "--label", "gate", "--objective", "cross-entropy"], 1, 'did you mean "gait"?'],
    [["--drop", "person", "--label", "gait", "--objective", "cross-entropy"], 1, 'a sequence has one label, and after "walk" comes "run"'],
    [["--sequence", "person", "--label", "gait", "--objective", "cross-entropy", "--model", "hmm"], 1, "this family tells no labels"],
  ])("train %j is refused", async (args, status, message) => {
    const outcome = await run("train", "gaits.csv", ...args, "--out", "refused");
    expect([outcome.status, outcome.stderr]).toEqual([status, expect.stringContaining(message)]);
  });
});

test("a label of each step is told a row for each", async () => {
  const rows = Array.from({ length: 400 }, (_, t) => {
    const isHigh = Math.floor(t / 7) % 2;
    return `${(isHigh + 0.2 * Math.sin(12.9 * t)).toFixed(3)},${isHigh ? "high" : "low"}`;
  });
  writeFileSync(join(folder, "phases.csv"), `value,phase\n${rows.join("\n")}\n`);
  const named = ["--label", "phase", "--label-per", "step", "--window", "32", "--epochs", "15"];
  const trained = await run("train", "phases.csv", ...named, ...small);
  expect(trained.status).toBe(0);
  const { stdout } = await run("classify", "runs/phases");
  const [header, ...told] = rowsOf(stdout);
  expect(header).toEqual(["sequence", "step", "predicted", "p.high", "p.low", "label"]);
  expect(told.map(([, step]) => Number(step))).toEqual(Array.from({ length: 60 }, (_, t) => t + 1));
  expect(told.map(([, , , , , label]) => label)).toEqual(rows.slice(340).map((row) => row.split(",")[1]));
  const { accuracy, majority } = json(await run("classify", "runs/phases", "--json", "--out", "steps.csv"));
  expect(accuracy).toBeGreaterThan(0.9);
  expect(majority!.accuracy).toBeLessThan(0.65);
});

test("texts in folders of their labels are trained on and told", async () => {
  const random = Random.stream(2, "reviews");
  for (const [label, word] of [
    ["neg", "bad"],
    ["pos", "good"],
  ] as const) {
    mkdirSync(join(folder, "reviews", label), { recursive: true });
    for (let i = 0; i < 30; i++) {
      const filler = Array.from({ length: 3 + random.integer(4) }, () => "abcde"[random.integer(5)]).join(
        " ",
      );
      writeFileSync(join(folder, "reviews", label, `${i}.txt`), `${filler} ${word} ${filler}`);
    }
  }
  const trained = await run(
    "train",
    "reviews",
    "--tokens",
    "words",
    ...small,
    "--embedding",
    "4",
    "--epochs",
    "12",
  );
  expect(trained.stderr).toMatch(/^label +label +label +neg, pos$/m);
  expect(trained.status).toBe(0);
  const { accuracy, labelled } = json(await run("classify", "runs/reviews", "--json", "--out", "r.csv"));
  expect([labelled, accuracy! > 0.8]).toEqual([9, true]);
  writeFileSync(join(folder, "one.txt"), "a c good e");
  const { stdout } = await run("classify", "runs/reviews", "--data", "one.txt");
  expect(rowsOf(stdout)[1]!.slice(0, 2)).toEqual(["one", "pos"]);
});

test("a run that tells no labels is refused with what to do", async () => {
  await run(
    "train",
    "gaits.csv",
    "--sequence",
    "person",
    "--drop",
    "gait",
    "--hidden",
    "4",
    "--epochs",
    "1",
    "--out",
    "plain",
  );
  const { status, stderr } = await run("classify", "plain");
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining("the model tells no labels (train one with --label"),
  ]);
});
