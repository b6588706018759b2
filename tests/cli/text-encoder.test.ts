/** Labelled texts that an encoder of one's own reads, at the command line. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { lookupEncoder } from "../data/encoder-file.ts";
import { folderWith } from "../data/temporary.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const words = ["?", "fine", "great", "dull", "poor", "film", "play", "the"];
/** The first number of a word says whether it is kind. */
const table = words.map((_, i) => [i === 1 || i === 2 ? 1 : i === 3 || i === 4 ? -1 : 0, Math.sin(i), i / 8]);
const tokenizer = JSON.stringify({
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", unk_token: "?", vocab: Object.fromEntries(words.map((word, i) => [word, i])) },
});
const rows = Array.from({ length: 80 }, (_, i) => {
  const kind = i % 2 === 0;
  const said = kind ? ["fine", "great"] : ["dull", "poor"];
  return `"The ${i % 3 === 0 ? "film" : "play"}, ${said[i % 4 > 1 ? 1 : 0]}${i % 5 === 0 ? " film" : ""}",${kind ? "kind" : "harsh"}\n`;
});
const small =
  "--model classify --hidden 8 --latent 2 --reader 8 --batch 8 --lr 0.01 --dropout 0 --epochs 12".split(" ");

describe("texts of two classes, read by an encoder that is not trained", () => {
  let home: string;
  let outcome: Outcome;
  const run = (...args: string[]) => vrnn(args, home);
  beforeAll(async () => {
    home = folderWith({
      "reviews.csv": `text,label\n${rows.join("")}`,
      "new.csv": 'text\n"the play, great"\n"a poor film"\n',
      "model/encoder.onnx": lookupEncoder(table),
      "model/tokenizer.json": tokenizer,
      "other/encoder.onnx": lookupEncoder(table.toReversed()),
      "other/tokenizer.json": tokenizer,
    });
    outcome = await run("train", "reviews.csv", "--features", "model/encoder.onnx", "--out", "run", ...small);
  }, 240_000);

  test("are learned, and the run keeps which files these were", async () => {
    expect(outcome.stderr).toContain("texts are read by model/encoder.onnx, which is not trained");
    expect(outcome.status).toBe(0);
    expect(JSON.parse(readFileSync(join(home, "run/config.json"), "utf8"))).toMatchObject({
      modality: { name: "text", encoder: { inputs: ["input_ids"], output: "rows" } },
      data: { schema: { features: join(home, "model/encoder.onnx") } },
    });
    expect(readFileSync(join(home, "run/report.html"), "utf8")).toContain("</html>");
    const { stdout } = await run("info", "run");
    expect(stdout).toMatch(
      /^encoder +.*encoder\.onnx \(input_ids to rows, tokenizer [0-9a-f]{64}, SHA-256 [0-9a-f]{64}\)$/m,
    );
  }, 60_000);

  test("are classed by these files alone, wherever they are", async () => {
    const first = await run("classify", "run", "--data", "new.csv", "--out", "first.csv");
    expect(first.status).toBe(0);
    const told = readFileSync(join(home, "first.csv"), "utf8");
    expect(told).toMatch(/kind[\s\S]*harsh/);
    const tested = await run("classify", "run", "--out", "test.csv");
    expect(tested.stdout + tested.stderr).toMatch(/the model +100/);
    mkdirSync(join(home, "moved"));
    for (const name of ["encoder.onnx", "tokenizer.json"])
      renameSync(join(home, "model", name), join(home, "moved", name));
    const gone = await run("classify", "run", "--data", "new.csv", "--out", "gone.csv");
    expect(gone.stderr).toMatch(/^error: .*encoder\.onnx: the encoder that the run was trained with is not/m);
    const features = ["--features", "moved/encoder.onnx"];
    await run("classify", "run", "--data", "new.csv", "--out", "again.csv", ...features);
    expect(readFileSync(join(home, "again.csv"), "utf8")).toBe(told);
    const other = await run("evaluate", "run", "--features", "other/encoder.onnx");
    expect(other.stderr).toMatch(/^error: .*this is not the encoder that the run was trained with/m);
    const unlike = await run("train", "--resume", "run", "--features", "mel", "--epochs", "13");
    expect(unlike.stderr).toMatch(
      /^error: .*--features is ".+encoder\.onnx" in this run and cannot become "mel"/m,
    );
    const resumed = await run("train", "--resume", "run", ...features, "--epochs", "13");
    expect(resumed.status).toBe(0);
    const evaluated = await run("evaluate", "run");
    expect(evaluated.stdout + evaluated.stderr).toMatch(/TF-IDF/);
    for (const command of ["evaluate", "score"]) {
      const { status, stderr } = await run(
        command,
        "run",
        ...(command === "score" ? ["--out", "scores.csv"] : []),
      );
      expect([stderr, status]).toEqual([stderr, 0]);
    }
  }, 240_000);

  test("what asks for tokens is refused in a line", async () => {
    const features = ["--features", "moved/encoder.onnx"];
    const tokens = await run(
      "train",
      "reviews.csv",
      ...features,
      "--tokens",
      "words",
      "--out",
      "t",
      ...small,
    );
    expect(tokens.stderr).toContain(
      "option '--tokens' has no effect: an encoder of your own reads the texts",
    );
    const grams = await run("train", "reviews.csv", ...features, "--no-n-grams", "--out", "n", ...small);
    expect(grams.stderr).toContain(
      "option '--no-n-grams' has no effect: an encoder of your own reads the texts, by its own tokens",
    );
    expect(grams.stderr).not.toContain("texts are read by"); // it is said before they are
    const sampled = await run("sample", "run");
    expect(sampled.stderr).toContain("this run is of a text, not of tokens");
    writeFileSync(join(home, "pairs.tsv"), "good\tgut\nbad\tschlecht\n");
    const pairs = await run(
      "train",
      "pairs.tsv",
      ...features,
      "--source",
      "0",
      "--model",
      "translate",
      "--out",
      "p",
    );
    expect(pairs.stderr).toContain("option '--features' has no effect: it is about");
  }, 240_000);
});
