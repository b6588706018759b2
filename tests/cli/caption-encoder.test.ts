/** Captions of pictures that an encoder of one's own reads, at the command line. */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { averagePool, input, mul } from "../../src/graph/index.ts";
import { lower } from "../../src/onnx/lower.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const put = (name: string, content: Uint8Array | string) => writeFileSync(join(folder, name), content);

const colours = { red: [220, 30, 30], green: [30, 200, 40], blue: [20, 40, 230] } as const;
const names = Object.keys(colours) as (keyof typeof colours)[];

const png = (name: keyof typeof colours): Uint8Array =>
  encode({
    ...{ width: 8, height: 8, channels: 3 },
    data: Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => colours[name][i % 3]!),
  });

/** Means of squares of 4 × 4 pixels, some times as large: 2 × 2 places. */
const means = (factor: number): Uint8Array =>
  lower({ means: mul(averagePool(input("pixels", ["N", 3, 8, 8]), 4), factor) }).model;

const training = [
  ...["--hidden", "16", "--embedding", "8", "--latent", "0", "--epochs", "1", "--batch", "6"],
];

describe("captions by an encoder that is not trained", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    mkdirSync(join(folder, "pictures"));
    const list = names.flatMap((name) =>
      ["train", "train", "val", "test"].map((split, i) => {
        put(`pictures/${name}${i}.png`, png(name));
        return { file: `${name}${i}.png`, class: name, split, captions: [`It is ${name}.`] };
      }),
    );
    put("pictures/captions.json", JSON.stringify(list));
    put("new.png", png("blue"));
    put("encoder.onnx", means(1));
    put("other.onnx", means(2));
    outcome = await run(
      ...["train", "pictures", "--model", "caption", "--features", "encoder.onnx", "--out", "runs/own"],
      ...training,
    );
  }, 240_000);

  test("are learned, and the run keeps which file it was", () => {
    expect(outcome.stderr).toContain("its output means tells 2 × 2 places of 3 numbers");
    expect(outcome.status).toBe(0);
    const config = JSON.parse(readFileSync(join(folder, "runs/own/config.json"), "utf8")) as object;
    expect(config).toMatchObject({
      modality: { name: "captions", encoder: { input: "pixels", output: "means", pixels: "unit" } },
      data: { schema: { features: join(folder, "encoder.onnx"), size: "8x8", colours: "colour" } },
    });
  });

  test("are written of new pictures by that file alone, wherever it is", async () => {
    const first = await run("caption", "runs/own", "new.png");
    expect(first.stdout).toMatch(/^new\.png: .*\(log p -\d+\.\d\d\)\n$/);
    renameSync(join(folder, "encoder.onnx"), join(folder, "moved.onnx"));
    const gone = await run("caption", "runs/own", "new.png");
    expect(gone.status).not.toBe(0);
    expect(gone.stderr).toMatch(/^error: .*encoder\.onnx: the encoder that the run was trained with is not/);
    copyFileSync(join(folder, "other.onnx"), join(folder, "encoder.onnx"));
    const changed = await run("caption", "runs/own", "new.png");
    expect(changed.stderr).toMatch(/^error: .*this is not the encoder that the run was trained with: .+\n$/);
    const moved = await run("caption", "runs/own", "new.png", "--features", "moved.onnx");
    expect(moved.stdout).toBe(first.stdout);
    const resumed = await run("train", "--resume", "runs/own", "--features", "moved.onnx", "--epochs", "2");
    expect(resumed.status).toBe(0);
    const split = await run("caption", "runs/own", "--split", "test");
    expect(split.stdout.trim().split("\n")).toHaveLength(3);
    expect(split.stderr).toContain("caption of the true class: BLEU 1.000");
  }, 240_000);

  test("options that it leaves without effect are refused", async () => {
    const widths = await run(
      ...["train", "pictures", "--model", "caption", "--features", "moved.onnx", "--out", "runs/w"],
      ...[...training, "--widths", "8"],
    );
    expect(widths.stderr).toContain(
      "option '--widths' has no effect: an encoder of your own reads the pictures",
    );
  }, 120_000);
});
