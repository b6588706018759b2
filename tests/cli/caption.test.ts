/** From a folder of captioned pictures to what new ones show, at the command line. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { medoid } from "../../src/metrics/medoid.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);

const colours = { red: [220, 30, 30], green: [30, 200, 40], blue: [20, 40, 230] } as const;
const names = Object.keys(colours) as (keyof typeof colours)[];
const SIDE = 16;

/** A picture of one colour, as a PNG. */
const png = (name: keyof typeof colours): Uint8Array =>
  encode({
    ...{ width: SIDE, height: SIDE, channels: 3 },
    data: Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => colours[name][i % 3]!),
  });

const training = [
  ...["--widths", "8,16", "--hidden", "16", "--embedding", "8", "--latent", "2", "--no-twin"],
  ...["--epochs", "10", "--batch", "6", "--learning-rate", "0.02", "--dropout", "0", "--weight-average", "0"],
];

describe("captions of pictures of one colour", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    mkdirSync(join(folder, "pictures"));
    const list = Array.from({ length: 30 }, (_, i) => {
      const name = names[i % 3]!;
      writeFileSync(join(folder, "pictures", `${i}.png`), png(name));
      const split = i < 18 ? "train" : i < 24 ? "valid" : "test";
      return { file: `${i}.png`, class: name, split, captions: [`It is ${name}.`, `All of it is ${name}.`] };
    });
    writeFileSync(join(folder, "pictures", "captions.json"), JSON.stringify(list));
    writeFileSync(join(folder, "new.png"), png("blue"));
    writeFileSync(join(folder, "broken.png"), "no picture");
    outcome = await run("train", "pictures", "--model", "caption", "--out", "runs/colours", ...training);
  }, 240_000);

  test("are learned from a folder with captions.json", () => {
    expect(outcome.stderr).toContain("30 pictures with 60 captions");
    expect(outcome.status).toBe(0);
  });

  test("stand in the report for some pictures of validation, with where the model looked for each word", () => {
    const page = readFileSync(join(folder, "runs/colours/report.html"), "utf8");
    const section = /<section id="captions">(.*?)<\/section>/s.exec(page)![1]!;
    expect(section).toContain("6 pictures of the valid split");
    expect(section.match(/<figure/g)).toHaveLength(6);
    expect(section.match(/<li>it is (red|green|blue)<\/li><li>all of it is \1<\/li>/g)).toHaveLength(6);
    // The picture stands there as it is, and each mask has a pixel for each place of a grid of 4 × 4.
    const pictures = [...section.matchAll(/url\(data:image\/png;base64,([^)]+)\)/g)].map(([, png]) => png!);
    const { data, width } = decode(Buffer.from(pictures[0]!, "base64"));
    expect([width, data.length]).toEqual([SIDE, SIDE * SIDE * 3]);
    expect(Object.values(colours).map(String)).toContain(String([...data.subarray(0, 3)]));
    const masks = [...section.matchAll(/src="data:image\/png;base64,([^"]+)"/g)].map(([, png]) => png!);
    expect(masks.length).toBeGreaterThanOrEqual(6 * 3);
    for (const png of masks) {
      const mask = decode(Buffer.from(png, "base64"));
      expect([mask.width, mask.height, mask.channels]).toEqual([4, 4, 2]);
      expect(Math.min(...Array.from({ length: 16 }, (_, i) => mask.data[2 * i + 1]!))).toBe(0);
    }
  });

  test("are written of a new picture, drawn beside, and where it looked is shown", async () => {
    const { stdout, status } = await run(
      ...["caption", "runs/colours", "new.png", "--count", "2", "--alternatives", "2", "--maps", "looked"],
    );
    expect(status).toBe(0);
    const lines = stdout.trim().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^new\.png: .+ \(log p -\d+\.\d\d\)$/);
    expect(lines[2]).toMatch(/^new\.png, drawn: /);
    expect(existsSync(join(folder, "looked", "new.png"))).toBe(true);
  });

  test("that are agreed on are one of those that are drawn, and stand before the likeliest", async () => {
    const asked = ["caption", "runs/colours", "new.png", "--alternatives", "2", "--seed", "3", "--json"];
    const { stdout } = await run(...asked, "--consensus", "8", "--count", "8");
    const { captions, drawn } = JSON.parse(stdout) as Record<
      "captions" | "drawn",
      readonly { text: string }[]
    >;
    const texts = drawn.map(({ text }) => text);
    expect(captions[0]!.text).toBe(medoid(texts));
    const plain = JSON.parse((await run(...asked)).stdout) as {
      readonly captions: readonly { readonly text: string }[];
    };
    const others = plain.captions.map(({ text }) => text).filter((text) => text !== captions[0]!.text);
    expect(captions.slice(1).map(({ text }) => text)).toEqual(others.slice(0, 1));
  });

  test("are agreed on from several sides, where some are drawn", async () => {
    const half = (place: number): keyof typeof colours =>
      Math.floor(place / 3) % SIDE < SIDE / 2 ? "red" : "blue";
    const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => colours[half(i)][i % 3]!);
    writeFileSync(join(folder, "halves.png"), encode({ width: SIDE, height: SIDE, channels: 3, data }));
    const seen = async (...args: string[]) => {
      const asked = ["caption", "runs/colours", "halves.png", "--seed", "3", "--json", "--consensus", "4"];
      const { class: told } = JSON.parse((await run(...asked, ...args)).stdout) as {
        readonly class: { readonly probability: number };
      };
      return told.probability;
    };
    expect(await seen("--views", "8")).not.toBeCloseTo(await seen(), 6);
    const alone = await run("caption", "runs/colours", "halves.png", "--views", "8");
    expect([alone.status, alone.stderr]).toEqual([2, expect.stringContaining("'--views' has no effect")]);
  });

  test("go into a file, an object a line, with the class", async () => {
    const { stderr } = await run("caption", "runs/colours", "new.png", "--out", "told.jsonl");
    expect(stderr).toContain("1 picture, written to told.jsonl");
    const told = JSON.parse(readFileSync(join(folder, "told.jsonl"), "utf8")) as {
      readonly captions: readonly { readonly text: string; readonly logProbability: number }[];
      readonly class: { readonly name: string; readonly probability: number };
    };
    expect(told.captions).toHaveLength(1);
    expect(told.class.name).toBe("blue");
    expect(told.class.probability).toBeGreaterThan(1 / 3);
  });

  test("of a split are held against what people said, and rules beside them", async () => {
    const { stdout } = await run("caption", "runs/colours", "--split", "test", "--json");
    const { metric, baselines } = JSON.parse(stdout.trim().split("\n").at(-1)!) as {
      readonly metric: { readonly bleu: readonly number[] };
      readonly baselines: Readonly<Record<string, { readonly bleu: readonly number[] }>>;
    };
    expect(metric.bleu).toHaveLength(4);
    // "it is red" is one of the captions of every red picture, and so is "all of it is red".
    expect(baselines["caption of the true class"]!.bleu[2]).toBeCloseTo(1, 6);
    expect(Object.keys(baselines)).toContain("one person against the others");
  });

  test("a folder in place of a picture is told as one", async () => {
    const { status, stderr } = await run("caption", "runs/colours", "pictures");
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("pictures: this is a folder (name the files in it)"),
    ]);
  });

  test("what cannot be read, or is not there, is told in a line", async () => {
    const broken = await run("caption", "runs/colours", "broken.png");
    expect(broken.status).not.toBe(0);
    expect(broken.stderr).toMatch(/^error: broken\.png: .+\n$/);
    const none = await run("caption", "runs/colours");
    expect(none.stderr).toMatch(/^error: there is no picture to describe \(name some/);
  });
});
