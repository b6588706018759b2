/** Labelled texts at the command line: read by `--model classify`, held against a linear model, strangers told apart. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { Random } from "../../src/random/generator.ts";
import { openRun } from "../../src/run/run.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);

/** What is asked of a bank, and how. */
const INTENTS: Readonly<Record<string, readonly string[]>> = {
  balance: ["what is my balance", "how much money do i have", "show the balance of my account"],
  card: ["my card is lost", "i need a new card", "block the card please"],
  transfer: ["send money to a friend", "transfer funds abroad", "pay my landlord"],
};
const ENDS = ["", " today", " please", " now", " right away", " thanks", " quickly"];

function tableOf(seed: number, count: number): string {
  const random = Random.stream(seed, "intents");
  const rows = Array.from({ length: count }, () => {
    const intents = Object.keys(INTENTS);
    const intent = intents[random.integer(intents.length)]!;
    const text = `${INTENTS[intent]![random.integer(3)]}${ENDS[random.integer(ENDS.length)]}`;
    return `${text},${intent}`;
  });
  return `text,intent\n${rows.join("\n")}\n`;
}

let trained: Outcome;
beforeAll(async () => {
  mkdirSync(join(folder, "bank"));
  writeFileSync(join(folder, "bank/train.csv"), tableOf(1, 160));
  writeFileSync(join(folder, "bank/valid.csv"), tableOf(2, 60));
  writeFileSync(join(folder, "bank/test.csv"), tableOf(3, 60));
  const strange = ["zq xv wj kk,weather", "qqq zzz xxx,weather", "vvv www jjj,weather"].join("\n");
  writeFileSync(join(folder, "mixed.csv"), `${tableOf(4, 40)}${strange}\n`);
  const named = ["--model", "classify", "--tokens", "words", "--label", "intent"];
  const sizes = ["--hidden", "8", "--latent", "2", "--embedding", "8", "--reader", "8", "--batch", "16"];
  trained = await run("train", "bank", ...named, ...sizes, "--epochs", "12", "--lr", "0.02");
});

test("the family trains by the objective of labels unless told otherwise, and says so", () => {
  expect([trained.status, trained.stderr]).toEqual([
    0,
    expect.stringMatching(/trained, as usual of this model, by --objective cross-entropy /),
  ]);
  expect(trained.stderr).toMatch(/^grams +features +static +32,768 features$/m);
  const { model, config } = openRun(join(folder, "runs/bank"));
  expect(config.fields["grams"]).toMatchObject({ kind: "features", size: 32_768 });
  expect(model.readout?.inputs).toHaveProperty("grams");
});

test("evaluate holds the model against TF-IDF on the same texts, with a verdict", async () => {
  const { stdout } = await run("evaluate", "runs/bank");
  expect(stdout).toMatch(/^TF-IDF, logistic regression +\d+\.\d % of labels right, cross-entropy \d\.\d+$/m);
  expect(stdout).toMatch(/^the model beside that +(ahead|level|behind): [+-]?\d\.\d points, p \d/m);
  const told = JSON.parse((await run("evaluate", "runs/bank", "--json")).stdout);
  const tfIdf = told.baselines["TF-IDF, logistic regression"];
  expect(told.metric.accuracy).toBeGreaterThan(0.9);
  expect(tfIdf.accuracy).toBeGreaterThan(0.9);
  expect(told.difference.difference).toBeCloseTo(told.metric.accuracy - tfIdf.accuracy, 9);
  expect(told.verdict).toBe("level");
});

test("classify puts probabilities right by the validation split, once, and reports each label", async () => {
  const first = await run("classify", "runs/bank", "--out", "told.csv");
  expect(first.stderr).toMatch(/probabilities are those of the temperature \d+\.\d\d/);
  expect(first.stderr).toMatch(/^label +true +told +rightly +precision +recall +F1$/m);
  const kept = readFileSync(join(folder, "runs/bank/label-calibration.json"), "utf8");
  const again = await run("classify", "runs/bank", "--out", "again.csv");
  expect(again.status).toBe(0);
  const [told, retold] = ["told.csv", "again.csv"].map((name) => readFileSync(join(folder, name), "utf8"));
  expect(retold).toBe(told);
  expect(readFileSync(join(folder, "runs/bank/label-calibration.json"), "utf8")).toBe(kept);
  writeFileSync(join(folder, "runs/bank/label-calibration.json"), "{}");
  const broken = await run("classify", "runs/bank", "--out", "again.csv");
  expect([broken.status, broken.stderr]).toEqual([
    1,
    expect.stringMatching(/the calibration cannot be used: .*remove the file/),
  ]);
  writeFileSync(join(folder, "runs/bank/label-calibration.json"), kept);
});

test("texts of a label never seen are told to be none of these", async () => {
  const args = ["classify", "runs/bank", "--data", "mixed.csv", "--out", "mixed-told.csv"];
  const { stderr, status } = await run(...args);
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/3 sequences with labels never seen: AUROC 1\.000/),
  ]);
  const { none } = JSON.parse((await run(...args, "--json")).stdout);
  expect(none).toMatchObject({ share: 0.05, strangers: 3, recall: 1 });
  const [header, ...rows] = readFileSync(join(folder, "mixed-told.csv"), "utf8").trimEnd().split("\n");
  expect(header).toBe("sequence,predicted,p.balance,p.card,p.transfer,label,oddness,none");
  expect(rows.slice(-3).map((row) => row.split(",").at(-1))).toEqual(["1", "1", "1"]);
  const nobody = JSON.parse((await run(...args, "--none", "0", "--json")).stdout);
  expect(nobody.none.count).toBeLessThanOrEqual(none.count);
});

test("a run is sampled, continued, scored by other bounds and exported as any of text", async () => {
  const of = "runs/bank";
  expect(await run("sample", of, "--prefix", "my card", "--steps", "5")).toMatchObject({ status: 0 });
  expect(await run("evaluate", of, "--bound", "iwae", "--particles", "2")).toMatchObject({ status: 0 });
  expect(await run("score", of, "--out", "scores.csv")).toMatchObject({ status: 0 });
  const exported = await run("export", of, "--out", "bank.onnx", "--json");
  const { files } = JSON.parse(exported.stdout);
  expect(files).toEqual([
    ...["score", "begin", "token", "label"].map((name) => `bank.${name}.onnx`),
    ...["bank.safetensors", "bank.vocabulary.json"],
  ]);
  const stranger = await run("export", of, "--graphs", "encode");
  expect([stranger.status, stranger.stderr]).toEqual([
    2,
    expect.stringContaining("there is no graph encode"),
  ]);
});

test("what labels were told to be is drawn, and nothing where no label is known", async () => {
  const told = await run("classify", "runs/bank", "--out", "t.csv", "--picture", "confusion.svg");
  expect([told.status, told.stderr]).toEqual([0, expect.stringContaining("right")]);
  const svg = readFileSync(join(folder, "confusion.svg"), "utf8");
  expect(svg).toContain("balance: ");
  writeFileSync(join(folder, "bare.csv"), "text\nmy card\n");
  const bare = await run(
    "classify",
    "runs/bank",
    "--data",
    "bare.csv",
    "--picture",
    "no.svg",
    "--out",
    "b.csv",
  );
  expect([bare.status, bare.stderr]).toEqual([
    1,
    expect.stringContaining("no label is known, so there is nothing to draw"),
  ]);
});

test("an empty text, and one of a single mark, are told a label", async () => {
  writeFileSync(join(folder, "empty.csv"), 'text,intent\n"",card\n"?",card\n');
  const { status, stdout } = await run("classify", "runs/bank", "--data", "empty.csv");
  expect(status).toBe(0);
  for (const row of stdout.trimEnd().split("\n").slice(1)) {
    const [, , ...shares] = row.split(",");
    expect(shares.slice(0, 3).reduce((sum, each) => sum + Number(each), 0)).toBeCloseTo(1, 4);
  }
});

test("texts without labels are told, too", async () => {
  writeFileSync(join(folder, "new.csv"), "text\nplease block my card\n");
  const { stdout, status } = await run("classify", "runs/bank", "--data", "new.csv");
  expect(status).toBe(0);
  expect(stdout.split("\n")[1]!.split(",")[1]).toBe("card");
});

// biome-ignore format: one case a line
test.each<[string[], number, string]>([
  [["--tokens", "words", "--label", "intent", "--objective", "elbo"], 2, "option '--label': the objective elbo learns no labels"],
  [["--tokens", "words", "--text", "text"], 1, 'names a column "label" that does not exist'],
  [["--tokens", "words", "--label", "intent", "--no-n-gram"], 2, "--no-n-grams"],
])("train --model classify %j is refused", async (args, status, message) => {
  const outcome = await run("train", "bank", "--model", "classify", ...args, "--out", "refused");
  expect([outcome.status, outcome.stderr]).toEqual([status, expect.stringContaining(message)]);
});

test("series are told by the same family, gaps among them", async () => {
  const random = Random.stream(9, "gaits");
  const rows = Array.from({ length: 60 }, (_, k) => {
    const [gait, pace] = k % 2 === 0 ? ["walk", 0.4] : ["run", 1.4];
    return Array.from({ length: 10 + (k % 4) }, (_, t) => {
      const value = (t + k) % 7 === 3 ? "" : (Math.sin(pace * t) + 0.1 * random.normal()).toFixed(3);
      return `p${k},${t},${value},${gait}`;
    });
  }).flat();
  writeFileSync(join(folder, "gaits.csv"), `person,t,acceleration,gait\n${rows.join("\n")}\n`);
  const named = ["--model", "classify", "--sequence", "person", "--label", "gait"];
  const small = [
    "--hidden",
    "8",
    "--latent",
    "2",
    "--reader",
    "8",
    "--epochs",
    "12",
    "--lr",
    "0.02",
    "--batch",
    "8",
  ];
  const trained = await run("train", "gaits.csv", ...named, ...small);
  expect([trained.status, trained.stderr]).toEqual([0, expect.stringContaining("% of labels right")]);
  const told = JSON.parse((await run("classify", "runs/gaits", "--json", "--out", "g.csv")).stdout);
  expect(told.accuracy).toBeGreaterThan(0.8);
  const steps = await run(
    "train",
    "gaits.csv",
    ...named,
    "--label-per",
    "step",
    ...small,
    "--out",
    "runs/no",
  );
  expect([steps.status, steps.stderr]).toEqual([1, expect.stringContaining("one label of each sequence")]);
});
