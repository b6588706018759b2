/** From a text file to a trained model and back to text, at the command line. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const json = ({ stdout }: Outcome) => JSON.parse(stdout) as Record<string, unknown>;

/** A letter that goes on by one, or by two: ln 2 nats a character at best. */
function alphabet(count: number): string {
  let [at, text, seed] = [0, "", 7];
  for (let i = 0; i < count; i++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    at = (at + 1 + ((seed >> 16) & 1)) % 6;
    text += "abcdeé"[at];
  }
  return text;
}

const shape = ["--hidden", "12", "--latent", "2", "--embedding", "6", "--tied"];
const training = ["--epochs", "6", "--window", "20", "--learning-rate", "0.02"];

describe("a text of characters", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    writeFileSync(join(folder, "letters.txt"), alphabet(3000));
    outcome = await run("train", "letters.txt", "--tokens", "chars", ...shape, ...training);
  });

  test("train says how it is split and into what", () => {
    expect(outcome).toMatchObject({ status: 0, stdout: "" });
    expect(outcome.stderr).toMatch(/^train: 1 sequence, 2,100 steps\nvalid: 1 sequence, 450 steps$/m);
    expect(outcome.stderr).toMatch(/\nx +tokens +target +6 characters\n/);
    expect(outcome.stderr).toContain("note: split by time: the first 70 % train, 15 % valid, 15 % test");
    expect(outcome.stderr).toContain("report: runs/letters/report.html");
    expect(outcome.stderr).toContain("afterwards the same is trained without latent variables");
    expect(outcome.stderr).toMatch(
      /\nwithout latent variables \(\d[\d,]* parameters, runs\/letters\/twin\): train -\d/,
    );
  });

  test("the report shows what was read, what was written, and n-grams beside the model", () => {
    const html = readFileSync(join(folder, "runs/letters/report.html"), "utf8");
    for (const title of ["Likelihood of the data", "Reading", "Writing"])
      expect(html).toContain(`<h2>${title}</h2>`);
    for (const name of ["this model", "Kneser-Ney 2-gram", "Kneser-Ney 6-gram"]) expect(html).toContain(name);
    expect(html).toMatch(/<span class="s[1-5]">[abcdeé]<\/span>/);
    // A letter goes on in one of two ways: what a 2-gram says is next to ln 2.
    const [, reached] = /nats per step, Kneser-Ney \d-gram<\/dt><dd>−(\d\.\d\d)/.exec(html) ?? [];
    expect(Math.abs(Number(reached) - Math.LN2)).toBeLessThan(0.03);
  });

  test("score has a row for each token, whose totals are the bound of evaluate", async () => {
    const { stdout, status } = await run("score", "runs/letters", "--samples", "3");
    expect(status).toBe(0);
    const [header, ...rows] = stdout.trimEnd().split("\n");
    expect(header).toBe("sequence,step,token,total,nats,kl");
    expect(rows).toHaveLength(450);
    const fields = rows.map((row) => row.split(","));
    expect(fields.map(([, , token]) => token).join("")).toBe(alphabet(3000).slice(2550));
    for (const [, , , total, nats, kl] of fields)
      expect(Number(nats) - Number(kl)).toBeCloseTo(Number(total), 5);
    const mean = fields.reduce((all, [, , , total]) => all + Number(total), 0) / 450;
    const { natsPerStep } = json(await run("evaluate", "runs/letters", "--json")) as { natsPerStep: number };
    expect(Math.abs(mean - natsPerStep)).toBeLessThan(0.05);
  });

  test("evaluate tells nats per character and bits per byte, of which a letter may have two", async () => {
    const figures = json(await run("evaluate", "runs/letters", "--json"));
    const { natsPerStep, bitsPerByte, steps } = figures as Record<string, number>;
    expect(steps).toBe(450);
    expect(-natsPerStep!).toBeGreaterThan(Math.LN2 - 0.02);
    expect(-natsPerStep!).toBeLessThan(1.1);
    const bytes = Buffer.byteLength(alphabet(3000).slice(2550));
    expect(bitsPerByte! * bytes * Math.LN2).toBeCloseTo(-natsPerStep! * 450, 6);
    const { stdout } = await run("evaluate", "runs/letters");
    expect(stdout).toMatch(/^elbo per character +-\d\.\d{3} nats\nbits per byte +\d\.\d{3}\n/);
  });

  test("evaluate holds it against n-grams, learns on where it is asked, and begins anew where it is told to", async () => {
    interface Figures {
      readonly natsPerStep: number;
      readonly metric: Readonly<Record<string, number>> & {
        readonly dynamic: Readonly<Record<string, number>>;
      };
      readonly baselines: Readonly<Record<string, { readonly natsPerCharacter: number }>>;
    }
    const told = await run("evaluate", "runs/letters", "--dynamic", "0.1", "--json");
    const { natsPerStep, metric, baselines } = json(told) as unknown as Figures;
    expect(metric["natsPerCharacter"]).toBeCloseTo(-natsPerStep, 9);
    expect(metric.dynamic["natsPerCharacter"]).toBeGreaterThan(Math.LN2 - 0.05);
    expect(metric.dynamic["natsPerCharacter"]).toBeLessThan(metric["natsPerCharacter"]! + 0.05);
    expect(metric["latents"]).toBe(2);
    const names = Object.keys(baselines);
    expect(names[0]).toMatch(/^Kneser-Ney \d-gram$/);
    expect(names[1]).toBe(`${names[0]}, learning on`);
    expect(names[2]).toBe("without latent variables");
    for (const { natsPerCharacter } of Object.values(baselines).slice(0, 2))
      expect(Math.abs(natsPerCharacter - Math.LN2)).toBeLessThan(0.03);
    const { stdout } = await run("evaluate", "runs/letters");
    expect(stdout).toMatch(/\nactive latent variables +\d of 2\nmutual information +\d\.\d{3} nats\n/);
    expect(stdout).toMatch(
      /\nKneser-Ney \d-gram, per character +-\d\.\d{3} nats\n {2}the run beside that +(ahead|level|behind): /,
    );
    expect(stdout).toMatch(/\nwithout latent variables, per character +-\d\.\d{3} nats\n/);
    const reset = json(await run("evaluate", "runs/letters", "--reset", "50", "--json"));
    expect(reset).toMatchObject({ reset: 50, sequences: 9, steps: 450 });
    const long = await run("evaluate", "runs/letters", "--dynamic", "0.1", "--segment", "450");
    expect(long.stderr).toMatch(/no sequence is longer than a segment of 450 steps/);
    const refused = await run("evaluate", "runs/letters", "--segment", "8");
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toMatch(/there is no dynamic evaluation \(add --dynamic 0.2\)/);
  });

  test("without the text that it was trained on there are no n-grams, and all else", async () => {
    writeFileSync(join(folder, "elsewhere.txt"), alphabet(3000));
    writeFileSync(join(folder, "short.txt"), alphabet(400));
    await run("train", "elsewhere.txt", "--tokens", "chars", ...shape, "--epochs", "1", "--no-twin");
    expect(readdirSync(join(folder, "runs/elsewhere"))).not.toContain("twin");
    rmSync(join(folder, "elsewhere.txt"));
    const told = await run("evaluate", "runs/elsewhere", "--data", "short.txt", "--json");
    expect(json(told)).toMatchObject({ baselines: {}, steps: 400 });
    expect(told.stderr).toContain("no twin without latent variables stands beside");
  });

  test("sample prints a text that goes on with the prefix, letter by letter", async () => {
    const { stdout, status } = await run(
      ...["sample", "runs/letters", "--prefix", "abcd", "--steps", "60", "--temperature", "0.2"],
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^abcd[abcdeé]{60}\n$/);
    const places = [...stdout.trimEnd()].map((letter) => "abcdeé".indexOf(letter));
    const strides = places.slice(1).map((place, i) => (place - places[i]! + 6) % 6);
    expect(strides.filter((stride) => stride !== 1 && stride !== 2).length).toBeLessThan(4);
    const again = await run("sample", "runs/letters", "--prefix", "abcd", "--steps", "30", "--json");
    expect(json(again)["texts"]).toHaveLength(1);
  });

  test("sample prints lines and tabs as such, and says what of a prefix it cannot read", async () => {
    writeFileSync(join(folder, "tabbed.txt"), "ab\tc\n".repeat(200));
    const options = ["--tokens", "chars", "--latent", "0", "--hidden", "8", "--epochs", "8", "--lr", "0.03"];
    await run("train", "tabbed.txt", ...options);
    const told = await run("sample", "runs/tabbed", "--prefix", "東ab", "--steps", "40", "--top-k", "1");
    expect(told.stdout).toMatch(/\t[\s\S]*\n[\s\S]*\t/);
    expect(told.stdout).not.toContain("\\u00");
    expect(told.stderr).toContain("1 of 3 tokens of the prefix are none that training had");
  });

  test("samples go to files where there is a folder for them", async () => {
    expect(
      await run("sample", "runs/letters", "--count", "2", "--steps", "9", "--out", "texts"),
    ).toMatchObject({
      status: 0,
      stdout: "",
    });
    expect(readdirSync(join(folder, "texts"))).toEqual(["sample-1.txt", "sample-2.txt"]);
    expect(readFileSync(join(folder, "texts", "sample-1.txt"), "utf8")).toMatch(/^.{9}\n$/u);
  });

  test("is held against its twin without latent variables, which is the run that one would train, with an interval", async () => {
    const twin = [
      "--hidden",
      "12",
      "--latent",
      "0",
      "--embedding",
      "6",
      "--tied",
      ...training,
      "--out",
      "runs/twin",
    ];
    await run("train", "letters.txt", "--tokens", "chars", ...twin);
    const told = await run("evaluate", "runs/letters", "--against", "runs/twin", "--json");
    const { natsPerStep, against } = json(told) as { natsPerStep: number; against: Record<string, unknown> };
    const other = json(await run("evaluate", "runs/twin", "--json")) as { natsPerStep: number };
    expect(json(told)["twin"]).toEqual({ ...against, run: "runs/letters/twin" });
    expect(against["natsPerStep"]).toBeCloseTo(other.natsPerStep, 4);
    expect(against["difference"]).toBeCloseTo(natsPerStep - other.natsPerStep, 1); // of another draw
    expect(against["verdict"]).toMatch(/^(ahead|level|behind)$/);
    const { stdout } = await run("evaluate", "runs/letters", "--against", "runs/twin");
    expect(stdout).toMatch(
      /^runs\/twin, per character +-\d\.\d{3} nats\n {2}the run beside that +(ahead|level|behind): [+-]?\d/m,
    );
    const itself = json(await run("evaluate", "runs/letters", "--against", "runs/letters", "--json"));
    expect(itself["against"]).toMatchObject({ difference: 0, verdict: "level" });
    await run("train", "letters.txt", "--tokens", "bytes", ...twin.slice(0, -1), "runs/bytes");
    const refused = await run("evaluate", "runs/letters", "--against", "runs/bytes");
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining("reads the data otherwise"),
    ]);
  });

  test("goes on with the same text, and refuses another", async () => {
    const { stderr } = await run("train", "--resume", "runs/letters", "--epochs", "7");
    expect(stderr.match(/7 epochs in/g)).toHaveLength(1);
    expect(stderr).toMatch(/without latent variables \(.*twin\): train/);
    writeFileSync(join(folder, "others.txt"), alphabet(2999));
    const other = await run("train", "others.txt", "--resume", "runs/letters", "--epochs", "8");
    expect(other.stderr).toMatch(/the data are not those that the run began with/);
  });

  test.each([
    ["forecast", []],
    ["encode", []],
    ["watch", ["--no-flags"]],
  ])("%s says by its name that it does not do text", async (name, options) => {
    const { status, stderr } = await run(name, "runs/letters", ...options);
    expect(status).toBe(1);
    expect(stderr).toContain(`${name} works on tables, and this run is of text (vrnn evaluate, vrnn score`);
  });

  test("a family that models columns alone says so, and nothing is left behind", async () => {
    const { status, stderr } = await run("train", "letters.txt", "--model", "hmm", "--out", "runs/hmm");
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /this family models tables, music, drawings and speech, not text \(choose --model vrnn\)/,
    );
    expect(readdirSync(join(folder, "runs"))).not.toContain("hmm");
  });
});

test("subwords: any text in, any text out, and a tokenizer that others read", async () => {
  const text = "the cat sat on the mat. ".repeat(60);
  writeFileSync(join(folder, "cats.txt"), text);
  const options = [
    "--tokens",
    "bpe",
    "--vocabulary",
    "270",
    "--hidden",
    "8",
    "--latent",
    "0",
    "--epochs",
    "2",
  ];
  const { status, stderr } = await run("train", "cats.txt", ...options);
  expect(stderr).toMatch(/x +tokens +target +\d{3} subwords/);
  expect(status).toBe(0);
  const file = JSON.parse(readFileSync(join(folder, "runs/cats/tokenizer.json"), "utf8"));
  expect(file.model.vocab["<end>"]).toBe(3);
  expect(Object.keys(file.model.vocab)).toHaveLength(4 + 256 + file.model.merges.length);
  writeFileSync(join(folder, "strange.txt"), "Ünheard-of 東京!");
  const figures = json(await run("evaluate", "runs/cats", "--data", "strange.txt", "--json"));
  const { natsPerStep, steps, metric } = figures as {
    natsPerStep: number;
    steps: number;
    metric: Record<string, number>;
  };
  const bytes = Buffer.byteLength("Ünheard-of 東京!");
  expect(metric["bitsPerByte"]! * bytes * Math.LN2).toBeCloseTo(-natsPerStep * steps, 6);
  const sampled = await run("sample", "runs/cats", "--prefix", "東京 the", "--steps", "5");
  expect(sampled.stdout.startsWith("東京 the")).toBe(true);
});

describe("latent variables of whole texts", () => {
  beforeAll(async () => {
    const lines = Array.from({ length: 300 }, (_, i) => (i % 2 === 0 ? "aaaaaaaa" : "bbbbbbbb")).join("\n");
    writeFileSync(join(folder, "halves.txt"), lines);
    const scope = ["--per", "line", "--latent-scope", "sequence", "--prior", "standard"];
    const options = ["--tokens", "chars", ...scope, "--hidden", "12", "--latent", "2", "--embedding", "4"];
    const learning = ["--epochs", "15", "--lr", "0.02", "--free-bits", "0.05", "--no-twin"];
    const { status, stderr } = await run("train", "halves.txt", ...options, ...learning);
    expect(stderr).not.toContain("error");
    expect(status).toBe(0);
  });

  test("hold what a text is about: between two texts lie texts of the one and of the other", async () => {
    const words = ["--from", "aaaaaaaa", "--to", "bbbbbbbb", "--points", "7", "--steps", "12"];
    const told = json(await run("interpolate", "runs/halves", ...words, "--json"));
    const { texts } = told as unknown as { readonly texts: readonly { share: number; text: string }[] };
    expect(texts.map(({ share }) => share)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => i / 6));
    expect([texts[0]!.text, texts[6]!.text]).toEqual(["aaaaaaaa", "bbbbbbbb"]);
    const isLike = (letter: string) => texts.filter(({ text }) => text.startsWith(letter)).length;
    expect(isLike("a") + isLike("b")).toBe(7);
    const { stdout } = await run("interpolate", "runs/halves", ...words);
    expect(stdout).toMatch(/^0\.00 {2}aaaaaaaa\n0\.17 /);
  });

  test("are told by evaluate: of two kinds of lines they know something, and hardly more than ln 2 nats", async () => {
    const { metric } = json(await run("evaluate", "runs/halves", "--json")) as {
      metric: Record<string, number>;
    };
    expect(metric["mutualInformation"]).toBeGreaterThan(0.2);
    expect(metric["mutualInformation"]).toBeLessThan(Math.LN2 + 0.2);
  });

  test.each([
    [["--from", "a"], /--to/],
    [["--from", "a", "--to", "b", "--points", "1"], /at least 2/],
  ])("refuses %j", async (words, message) => {
    const { status, stderr } = await run("interpolate", "runs/halves", ...words);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(message);
  });

  test("are asked for where a model has none", async () => {
    writeFileSync(join(folder, "none.txt"), "abcab ".repeat(100));
    await run("train", "none.txt", "--tokens", "chars", "--hidden", "4", "--epochs", "1");
    const { status, stderr } = await run("interpolate", "runs/none", "--from", "a", "--to", "b");
    expect(status).toBe(1);
    expect(stderr).toMatch(/no latent variables of a whole text \(train one with --latent-scope sequence/);
  });
});

test("lines are sequences of their own, which samples end; words need no bytes; no latent variables, no divergence", async () => {
  const lines: string[] = Array.from({ length: 60 }, (_, i) =>
    i % 2 === 0 ? "the cat sat" : "a dog ran off",
  );
  writeFileSync(join(folder, "lines.txt"), lines.join("\n"));
  const options = ["--tokens", "words", "--per", "line", "--hidden", "12", "--latent", "0", "--epochs", "30"];
  const outcome = await run("train", "lines.txt", ...options, "--learning-rate", "0.02", "--json");
  expect(json(outcome)).toMatchObject({ test: { kl: 0 } });
  const figures = json(await run("evaluate", "runs/lines", "--json"));
  expect(figures).not.toHaveProperty("bitsPerByte");
  const { stdout } = await run(
    "sample",
    "runs/lines",
    "--count",
    "6",
    "--steps",
    "9",
    "--temperature",
    "0.3",
  );
  const known = stdout
    .trimEnd()
    .split("\n\n")
    .filter((text) => lines.includes(text));
  expect(known.length).toBeGreaterThanOrEqual(5);

  const drawn = async (...words: string[]) => {
    const all = ["sample", "runs/lines", "--steps", "9", "--count", "2", "--json", ...words];
    return (json(await run(...all)) as { readonly texts: readonly string[] }).texts;
  };
  const [first, second] = await drawn("--top-k", "1");
  expect(first).toBe(second); // the likeliest word each time
  expect(lines).toContain(first);
  expect(await drawn("--top-p", "0.000001")).toEqual([first, second]);
  const [free, other] = await drawn("--top-k", "5", "--temperature", "9");
  expect(free).not.toBe(other);
  const refused = await run("sample", "runs/lines", "--top-p", "0");
  expect(refused.status).not.toBe(0);
});

test("an SRNN reads text by a posterior that knows what comes later, and writes like any other", async () => {
  writeFileSync(join(folder, "later.txt"), alphabet(1200));
  const sizes = ["--hidden", "8", "--latent", "2", "--embedding", "4", "--epochs", "2", "--window", "20"];
  const trained = await run("train", "later.txt", "--tokens", "chars", "--model", "srnn", ...sizes);
  expect(trained).toMatchObject({ status: 0 });
  const { metric } = json(await run("evaluate", "runs/later", "--json")) as {
    metric: Record<string, number>;
  };
  expect(metric["natsPerCharacter"]).toBeGreaterThan(0.5);
  expect(metric["kl"]).toBeGreaterThanOrEqual(0);
  const sampled = await run("sample", "runs/later", "--prefix", "abc", "--steps", "10");
  expect([sampled.status, sampled.stdout.slice(0, 3)]).toEqual([0, "abc"]);
});
