/** Speech that an encoder of one's own hears, at the command line. */
import { copyFileSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { bandsEncoder } from "../data/encoder-file.ts";
import { spokenFolder } from "../data/spoken.ts";
import { folderWith } from "../data/temporary.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const small =
  "--model recognise --hidden 8 --latent 2 --encoder 32 --encoder-layers 1 --batch 4 --lr 5e-3 --dropout 0 --epochs 20".split(
    " ",
  );

describe("speech of two words, heard by an encoder that is not trained", () => {
  let home: string;
  let outcome: Outcome;
  const run = (...args: string[]) => vrnn(args, home);
  beforeAll(async () => {
    home = folderWith({
      ...Object.fromEntries(
        Object.entries(spokenFolder(40)).map(([name, content]) => [join("tones", name), content]),
      ),
      "encoder.onnx": bandsEncoder([300, 800, 1500], 400, 160),
      "other.onnx": bandsEncoder([300, 900, 1500], 400, 160),
    });
    outcome = await run("train", "tones", "--features", "encoder.onnx", "--out", "run", ...small);
  }, 240_000);

  test("is learned, and the run keeps which file it was", async () => {
    expect(outcome.stderr).toContain("its output bands tells 100 frames a second");
    expect(outcome.status).toBe(0);
    const config = JSON.parse(readFileSync(join(home, "run/config.json"), "utf8")) as object;
    expect(config).toMatchObject({
      modality: {
        known: { hearing: { features: "encoded", encoder: { input: "samples", output: "bands" } } },
      },
      data: { schema: { features: join(home, "encoder.onnx") } },
    });
    const { stdout } = await run("info", "run");
    expect(stdout).toMatch(
      /^encoder +.*encoder\.onnx \(samples to bands, 16000 samples a second, SHA-256 [0-9a-f]{64}\)$/m,
    );
  }, 60_000);

  test("is transcribed by that file alone, wherever it is", async () => {
    const first = await run("transcribe", "run", "--split", "test");
    const [, rate] = /word error rate ([\d.]+) %/.exec(first.stderr) ?? [];
    // Whoever says the commoner word each time has more than half of them wrong.
    expect(Number(rate)).toBeLessThan(40);
    const one = ["transcribe", "run", "--data", "tones/wav/test-0.wav"];
    expect((await run(...one)).stdout.split("\t")[1]).toBe(
      `${first.stdout.split("\n")[0]!.split("\t")[1]}\n`,
    );
    renameSync(join(home, "encoder.onnx"), join(home, "moved.onnx"));
    const gone = await run(...one);
    expect(gone.stderr).toMatch(/^error: .*encoder\.onnx: the encoder that the run was trained with is not/m);
    copyFileSync(join(home, "other.onnx"), join(home, "encoder.onnx"));
    const changed = await run(...one);
    expect(changed.status).not.toBe(0);
    expect(changed.stderr).toMatch(/^error: .*this is not the encoder that the run was trained with: .+$/m);
    const moved = await run("transcribe", "run", "--split", "test", "--features", "moved.onnx");
    expect(moved.stdout).toBe(first.stdout);
    const resumed = await run("train", "--resume", "run", "--features", "moved.onnx", "--epochs", "21");
    expect(resumed.status).toBe(0);
    const evaluated = await run("evaluate", "run");
    expect(evaluated.status).toBe(0);
  }, 240_000);

  test("what asks for cepstra, or has no effect, is refused in a line", async () => {
    const live = await run("transcribe", "run", "--stream", "tones/wav/test-0.wav");
    expect(live.stderr).toMatch(
      /^error: .*an encoder of your own hears the whole utterance, .+\(leave --stream out.+\)$/m,
    );
    const named = await run("transcribe", "run", "--features", "mel");
    expect(named.stderr).toContain("option '--features mel' names no encoder");
    const warped = await run(
      ...["train", "tones", "--features", "moved.onnx", "--out", "warped", ...small, "--warp", "0.2"],
    );
    expect(warped.stderr).toContain(
      "option '--warp' has no effect: an encoder of your own hears the recordings, as they are",
    );
    const unknown = await run("train", "tones", "--features", "loud", "--out", "loud", ...small);
    expect(unknown.stderr).toContain(
      "option '--features loud': no step of speech is of that (write cepstra, mel, samples, pcm or the path of an encoder",
    );
  }, 120_000);
});
