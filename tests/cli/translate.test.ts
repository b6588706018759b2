/** From pairs of texts to a translator, at the command line. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn, vrnnFed } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const fed = (text: string | Uint8Array, ...args: string[]) =>
  vrnnFed(args, folder, (stdin) => stdin.end(text));

const WORDS = "zero one two three four five six seven eight nine".split(" ");

/** Numbers in words, and in digits. */
const pairs = Array.from({ length: 600 }, (_, i) => {
  const digits = [...String(i * 37 + 5)];
  return [digits.map((digit) => WORDS[Number(digit)]).join(" "), digits.join("")] as const;
});
const table = pairs.map(([words, digits]) => `${words}\t${digits}\n`).join("");
const training = [
  ...["--tokens", "chars", "--hidden", "24", "--embedding", "12", "--epochs", "20", "--batch", "16"],
  ...["--learning-rate", "0.01", "--warmup", "20", "--dropout", "0.05"],
];

describe("a translator of numbers", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    writeFileSync(join(folder, "numbers.tsv"), table);
    outcome = await run("train", "numbers.tsv", "--model", "translate", ...training);
  });

  test("train says how the pairs are read, and by what it trains", () => {
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toContain("note: the first pair: “five” → “5”");
    expect(outcome.stderr).toMatch(/\nsource +tokens +source +\d+ characters\n/);
    expect(outcome.stderr).toContain(
      "trained, as usual of this model, by --schedule cosine --label-smoothing 0.1 --weight-average 0.999",
    );
    expect(outcome.stderr).toContain("report: runs/numbers/report.html");
  });

  test("the report shows what it writes, and where it looked", () => {
    const html = readFileSync(join(folder, "runs/numbers/report.html"), "utf8");
    expect(html).toContain("<h2>Translations</h2>");
    expect(html).toMatch(/by a beam of 5: BLEU [\d.]+, chrF [\d.]+ on the first \d+ of them/);
    expect(html).toMatch(/aria-label="Where the model looked while it wrote \d+ tokens"/);
  });

  test("translate answers each line, an empty one by an empty one", async () => {
    const { stdout, status } = await fed("one two\n\nnine zero three\n", "translate", "runs/numbers");
    expect(status).toBe(0);
    const lines = stdout.split("\n");
    expect(lines).toHaveLength(4);
    expect([lines[1], lines[3]]).toEqual(["", ""]);
    for (const line of [lines[0]!, lines[2]!]) expect(line).toMatch(/^\d+$/);
  });

  test("scores them against references, better than another way, and refuses another number of lines", async () => {
    const some = pairs.slice(0, 80);
    const source = some.map(([words]) => `${words}\n`).join("");
    writeFileSync(join(folder, "digits.txt"), some.map(([, digits]) => `${digits}\n`).join(""));
    writeFileSync(join(folder, "copied.txt"), source);
    const given = ["--references", "digits.txt", "--against", "copied.txt"];
    const { stderr, status } = await fed(source, "translate", "runs/numbers", ...given);
    expect(status).toBe(0);
    const [, rouge] = /ROUGE-L (\d+\.\d\d), 80 lines/.exec(stderr) ?? [];
    expect(Number(rouge)).toBeGreaterThan(60);
    expect(stderr).toMatch(/^BLEU \d+\.\d\d \(nrefs:1\|case:mixed\|eff:no\|tok:13a\|smooth:exp\)/m);
    expect(stderr).toMatch(/^BLEU beyond the other translations: /m);
    const short = await fed("one\n", "translate", "runs/numbers", "--references", "digits.txt");
    expect(short.status).toBe(1);
    expect(short.stderr).toContain("digits.txt: 80 lines here for 1 line that they are held against");
  });

  test("--json tells scores and alternatives, a line each", async () => {
    const { stdout } = await fed("six\nfour\n", "translate", "runs/numbers", "--json", "--alternatives", "3");
    const answers = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers.map(({ source }) => source)).toEqual(["six", "four"]);
    for (const { translation, score, alternatives } of answers) {
      const all = alternatives as { readonly text: string; readonly score: number }[];
      expect(all).toHaveLength(3);
      expect(all[0]).toMatchObject({ text: translation, score });
      expect(all.map((each) => each.score)).toEqual(all.map((each) => each.score).toSorted((a, b) => b - a));
    }
  });

  test("--coverage takes from a score what is left out of the source, in the measure that is told", async () => {
    const scoresBy = async (coverage: string) => {
      const given = ["--json", "--alternatives", "5", "--length-power", "0", "--coverage", coverage];
      const { stdout, status } = await fed("six four nine\n", "translate", "runs/numbers", ...given);
      expect(status).toBe(0);
      const { alternatives } = JSON.parse(stdout) as {
        readonly alternatives: readonly { readonly text: string; readonly score: number }[];
      };
      return new Map(alternatives.map(({ text, score }) => [text, score]));
    };
    const [plain, some, twice] = await Promise.all(["0", "0.1", "0.2"].map(scoresBy));
    const shared = [...plain!.keys()].filter((text) => some!.has(text) && twice!.has(text));
    expect(shared.length).toBeGreaterThan(0);
    for (const text of shared) {
      const taken = plain!.get(text)! - some!.get(text)!;
      expect(taken).toBeGreaterThan(0);
      expect(plain!.get(text)! - twice!.get(text)!).toBeCloseTo(2 * taken, 4);
    }
  });

  test("a line of many tokens is translated in pieces, which is told", async () => {
    const { stdout, stderr, status } = await fed(`${"one ".repeat(200)}\ntwo\n`, "translate", "runs/numbers");
    expect(status).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(stderr).toMatch(
      /^1 line longer than all that was learned from \(\d+ tokens\) translated in pieces$/m,
    );
  });

  test("a split of its own data is held against its answers and the nearest training pair", async () => {
    const { stdout, stderr, status } = await run("translate", "runs/numbers", "--split", "test", "--json");
    expect(status).toBe(0);
    const { metric, baselines } = JSON.parse(stdout.trimEnd().split("\n").at(-1) as string) as Record<
      string,
      object
    >;
    expect(Object.keys(metric!)).toEqual(["bleu", "signature", "bleuLowercased", "chrf", "rougeL"]);
    expect(Object.keys(baselines!)).toEqual(["translation memory"]);
    expect(stderr).toContain("the answer to the nearest training pair (translation memory): BLEU ");
    const both = await run("translate", "runs/numbers", "--split", "test", "--references", "digits.txt");
    expect(both.stderr).toContain("--split and --references exclude each other");
  });

  test("characters that training had not are told of", async () => {
    const { stderr } = await fed("где ты\none\n", "translate", "runs/numbers");
    expect(stderr).toContain("1 line mostly of characters that training had not");
  });

  test("lines before one that is refused are answered", async () => {
    const bytes = Buffer.concat([Buffer.from("one\ntwo\n"), Buffer.from([0x6f, 0xff, 0x0a])]);
    const { stdout, stderr, status } = await fed(bytes, "translate", "runs/numbers");
    expect(status).toBe(1);
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(stderr).toContain("stdin: line 3 holds bytes that are no UTF-8");
  });

  test("what cannot be done is one line", async () => {
    const broken = await fed(Uint8Array.of(0x6f, 0xff, 0x0a), "translate", "runs/numbers");
    expect(broken).toMatchObject({ status: 1, stdout: "" });
    expect(broken.stderr).toContain(
      "stdin: line 1 holds bytes that are no UTF-8 (save it as UTF-8, or add --replace)",
    );
    expect(
      (await fed(Uint8Array.of(0x6f, 0xff, 0x0a), "translate", "runs/numbers", "--replace")).status,
    ).toBe(0);
    const beam = await fed("one\n", "translate", "runs/numbers", "--beam", "0");
    expect(beam).toMatchObject({ status: 2, stdout: "" });
    expect(beam.stderr).toMatch(/^error: option '--beam': .*at least 1/m);
    const coverage = await fed("one\n", "translate", "runs/numbers", "--coverage", "-0.2");
    expect(coverage).toMatchObject({ status: 2, stdout: "" });
    expect(coverage.stderr).toMatch(/^error: option '--coverage': .*at least 0/m);
    const text = await fed("one\n", "translate", "runs/numbers", "--alternatives", "3");
    expect(text.stderr).toContain("option '--alternatives': a line of text has one translation (add --json)");
    const many = await fed("one\n", "translate", "runs/numbers", "--json", "--alternatives", "9");
    expect(many.stderr).toContain("a beam of 5 finds no more than so many (add --beam 9)");
    const alone = await fed("one\n", "translate", "runs/numbers", "--against", "digits.txt");
    expect(alone.stderr).toContain("option '--against': there is nothing to hold both against");
  });

  test("evaluate tells nats per character of what is written", async () => {
    const { stdout, status } = await run("evaluate", "runs/numbers");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^log-likelihood per character +-\d+(\.\d+)? nats$/m);
    expect(stdout).toContain("Kneser-Ney");
  });
});

test("texts are cut anew at each step where it is asked for, of pairs of subwords alone", async () => {
  const few = ["--hidden", "6", "--embedding", "4", "--epochs", "2", "--batch", "100"];
  const words = ["train", "numbers.tsv", "--model", "translate", "--subword-dropout", "0.2", ...few];
  const anew = await run(...words, "--vocabulary", "300", "--out", "anew");
  expect(anew.status).toBe(0);
  const plain = await run(
    ...words.filter((word) => !["--subword-dropout", "0.2"].includes(word)),
    "--vocabulary",
    "300",
  );
  const first = ({ stderr }: Outcome) => /epoch 1\/2 +train (\S+)/.exec(stderr)?.[1];
  expect(first(anew)).not.toBe(first(plain));
  const refused = await run(...words, "--tokens", "chars", "--out", "other");
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.stderr).toContain("only pairs of texts in subwords are cut anew");
});

test("two files of which one is longer are refused with the line", async () => {
  writeFileSync(join(folder, "long.en"), "a\nb\nc\n");
  writeFileSync(join(folder, "long.de"), "a\nb\n");
  const { stderr, status } = await run(
    ...["train", "long.en", "--model", "translate", "--source", "en", "--target", "de"],
  );
  expect(status).toBe(1);
  expect(stderr).toContain("long.en: 3 lines here and 2 in long.de: line 3 of long.en has no partner");
});

test("another model is refused for pairs, and a translator for other data", async () => {
  writeFileSync(join(folder, "few.tsv"), table);
  const other = await run("train", "few.tsv", "--source", "0", "--target", "1");
  expect(other).toMatchObject({ status: 1 });
  expect(other.stderr).toContain("not pairs of texts (choose --model translate)");
  writeFileSync(join(folder, "load.csv"), "load\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  const columns = await run("train", "load.csv", "--model", "translate", "--source", "a", "--target", "load");
  expect(columns.stderr).toContain('the option source names a column "a"');
});
