/** From clips to a trained model and back to clips, at the command line. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import type { NumberArray } from "../../src/data/arrays/dtype.ts";
import { parseNpy } from "../../src/data/arrays/npy.ts";
import { bytesToNpy } from "../../src/data/arrays/write-npy.ts";
import { gifFrames } from "../../src/data/images/gif.ts";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const json = ({ stdout }: Outcome) => JSON.parse(stdout) as Record<string, unknown>;
const [steps, side] = [8, 8];

/** A bar that moves by one column a frame, either way. */
function bars(count: number, seed: number): Uint8Array {
  const random = Random.stream(seed, "bars");
  const clips = new Uint8Array(count * steps * side * side);
  for (let clip = 0; clip < count; clip++) {
    const [from, by] = [random.integer(side), random.integer(2) === 0 ? 1 : side - 1];
    for (let t = 0; t < steps; t++)
      for (let y = 0; y < side; y++)
        clips[((clip * steps + t) * side + y) * side + ((from + t * by) % side)] = 1;
  }
  return clips;
}

const write = (name: string, count: number, seed: number) =>
  writeFileSync(join(folder, name), bytesToNpy(bars(count, seed), [count, steps, side, side]));

const family = ["--model", "frame-vrnn", "--hidden", "24", "--latent", "2", "--channels", "4"];
const training = ["--epochs", "40", "--batch", "10", "--lr", "0.01"];

let outcome: Outcome;
beforeAll(async () => {
  mkdirSync(join(folder, "bars"));
  write("bars/train.npy", 60, 1);
  write("bars/valid.npy", 10, 2);
  write("bars/test.npy", 10, 3);
  outcome = await run("train", "bars", ...family, ...training);
}, 120_000);

test("train says what the clips are, and the report holds it against two rules", async () => {
  expect(outcome).toMatchObject({ status: 0, stdout: "" });
  expect(outcome.stderr).toMatch(/^train: 60 sequences, 480 steps$/m);
  expect(outcome.stderr).toMatch(/\nx +frames +target +8 × 8\n/);
  expect(outcome.stderr).toContain("note: pixels are black and white");
  const html = readFileSync(join(folder, "runs/bars/report.html"), "utf8");
  for (const name of ["this model", "the last frame again", "each pixel on its own"])
    expect(html).toContain(name);
});

test("what is learnt is better than the last frame again, and is what evaluate and score tell", async () => {
  const { natsPerStep } = json(await run("evaluate", "runs/bars", "--json")) as { natsPerStep: number };
  // A pixel on its own is on once in eight: the entropy of 64 of them.
  const alone = 64 * ((1 / 8) * Math.log(1 / 8) + (7 / 8) * Math.log(7 / 8));
  expect(natsPerStep).toBeGreaterThan(alone / 2);
  const { stdout } = await run("score", "runs/bars", "--samples", "4");
  const [header, ...rows] = stdout.trimEnd().split("\n");
  expect(header).toBe("sequence,step,total,nats,kl");
  expect(rows).toHaveLength(10 * steps);
  const fields = rows.map((row) => row.split(",").slice(2).map(Number) as [number, number, number]);
  for (const [total, nats, kl] of fields) expect(nats - kl).toBeCloseTo(total, 4);
  const mean = fields.reduce((all, [total]) => all + total, 0) / fields.length;
  expect(Math.abs(mean - natsPerStep)).toBeLessThan(0.05 * Math.abs(natsPerStep));
});

test("evaluate tells the same rules beside it, frame by frame", async () => {
  const { stdout } = await run("evaluate", "runs/bars");
  const [, alone] = stdout.match(/each pixel on its own, per frame +(-\d+\.\d+) nats/)!;
  // As each is on once in eight, but for what the 480 frames of training cannot tell.
  const entropy = 64 * ((1 / 8) * Math.log(1 / 8) + (7 / 8) * Math.log(7 / 8));
  expect(Number(alone) / entropy).toBeCloseTo(1, 1);
  expect(stdout).toMatch(/the last frame again, per frame +-\d+\.\d+ nats\n +the run beside that +ahead: /);
  write("others.npy", 2, 21);
  renameSync(join(folder, "bars"), join(folder, "moved"));
  const { stderr, status } = await run("evaluate", "runs/bars", "--data", "others.npy");
  renameSync(join(folder, "moved"), join(folder, "bars"));
  expect([status, stderr]).toEqual([
    0,
    expect.stringContaining("so that no rule that learns from them stands beside"),
  ]);
});

test("samples are an array of pixels and a strip; a prefix stands before what follows it", async () => {
  write("begun.npy", 2, 5);
  const ahead = ["--prefix", "begun.npy", "--steps", "4", "--count", "3", "--out", "ahead"];
  const { status, stderr } = await run("sample", "runs/bars", ...ahead);
  expect([status, stderr]).toEqual([0, expect.stringContaining("6 clips of 4 frames in ahead")]);
  expect(readdirSync(join(folder, "ahead"))).toEqual(["samples.npy", "samples.png"]);
  const { shape, values } = parseNpy(readFileSync(join(folder, "ahead/samples.npy")), "a") as NumberArray;
  expect(shape).toEqual([6, 12, side, side]);
  const begun = bars(2, 5);
  const size = 12 * side * side;
  expect(values.subarray(5 * size, 5 * size + steps * side * side)).toEqual(
    Float64Array.from(begun.subarray(steps * side * side)),
  );
  expect(values.every((pixel) => pixel === 0 || pixel === 1)).toBe(true);
  const { width, height } = decode(readFileSync(join(folder, "ahead/samples.png")));
  expect([width, height]).toEqual([8 * (12 * 9 + 1), 8 * (6 * 9 + 1)]);
  const invented = json(await run("sample", "runs/bars", "--steps", "5", "--json"));
  expect(invented["files"]).toEqual([join("out", "samples.npy"), join("out", "samples.png")]);
});

test("goes on with the same clips, bit for bit", async () => {
  const short = [...family, "--batch", "10", "--epochs"];
  await run("train", "bars", ...short, "4", "--out", "whole");
  await run("train", "bars", ...short, "2", "--out", "halves");
  expect(await run("train", "--resume", "halves", "--epochs", "4")).toMatchObject({ status: 0 });
  const weights = (name: string) => readFileSync(join(folder, name, "weights.safetensors"));
  expect(weights("halves")).toEqual(weights("whole"));
});

test("detect tells where a frame is odd, by a threshold of clean clips, and draws it", async () => {
  const clips = bars(2, 7);
  const [t, left] = [5, 1];
  for (const y of [3, 4]) clips.fill(1, (t * side + y) * side + left, (t * side + y) * side + left + 2);
  writeFileSync(join(folder, "odd.npy"), bytesToNpy(clips, [2, steps, side, side]));
  const judge = ["--patch", "2", "--smoothing", "0", "--alarms-per-1000-steps", "20"];
  const files = ["--out", "odd.csv", "--maps", "maps"];
  const { status, stderr } = await run("detect", "runs/bars", "--data", "odd.npy", ...judge, ...files);
  expect([status, stderr]).toEqual([0, expect.stringContaining("by 80 clean frames")]);
  const [header, ...rows] = readFileSync(join(folder, "odd.csv"), "utf8").trimEnd().split("\n");
  expect(header).toBe("clip,frame,score,x,y,alarm");
  expect(rows).toHaveLength(2 * steps);
  const [, frame, , x, y, alarm] = rows[t]!.split(",").map(Number);
  expect([frame, alarm]).toEqual([t + 1, 1]);
  expect(Math.abs(x! - left) + Math.abs(y! - 3)).toBeLessThanOrEqual(2);
  expect(readdirSync(join(folder, "maps"))).toHaveLength(2);
  const [picture] = readdirSync(join(folder, "maps"));
  expect(decode(readFileSync(join(folder, "maps", picture!))).channels).toBe(3);
  expect(stderr).not.toContain("of one frame");
  writeFileSync(join(folder, "one.npy"), bytesToNpy(clips.subarray(0, side * side), [1, 1, side, side]));
  const one = await run("detect", "runs/bars", "--data", "one.npy", "--smoothing", "0");
  expect(one.stderr).toContain("1 clip of one frame: nothing was seen before");
  const refused = await run("detect", "runs/bars", "--data", "odd.npy", "--picture", "odd.svg");
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("--picture is of tables")]);
});

test("reconstruct tells how far off what is made of frames is, beside the last frame, and films both", async () => {
  write("seen.npy", 2, 11);
  const args = ["--data", "seen.npy", "--film", "seen.gif", "--out", "errors.csv"];
  const { status, stderr } = await run("reconstruct", "runs/bars", ...args);
  expect(status).toBe(0);
  expect(stderr).toMatch(/^clip +error +last frame again\nseen 1 /m);
  const [header, ...rows] = readFileSync(join(folder, "errors.csv"), "utf8").trimEnd().split("\n");
  expect(header).toBe("clip,frame,error,last");
  expect(rows.map((row) => row.split(",")[3])).toEqual(
    [1, 2].flatMap(() => ["", ...Array<string>(steps - 1).fill("0.25")]), // two columns of eight change
  );
  // The film has what was seen to the left, and what was made of it to the right, in 256 shades.
  const shown: number[] = [];
  for await (const { picture } of gifFrames(readFileSync(join(folder, "seen.gif")), "seen.gif")) {
    const scale = picture.height / side;
    const at = (x: number, y: number) => picture.pixels[scale * y * picture.width + scale * x]! / 255;
    const squares = Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      return (at(x, y) - at(x + picture.width / scale - side, y)) ** 2;
    });
    shown.push(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  }
  expect(shown).toHaveLength(2 * steps);
  shown.forEach((error, i) => {
    expect(error).toBeCloseTo(Number(rows[i]!.split(",")[2]), 2);
  });
  const refused = await run("reconstruct", "runs/bars", "--data", "seen.npy", "--samples", "4");
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("--samples is of tables")]);
});

describe("is refused by name", () => {
  test.each([
    ["forecast", []],
    ["encode", []],
    ["impute", []],
    ["export", ["--out", "bars.onnx"]],
  ])("%s", async (name, options) => {
    const { status, stderr } = await run(name, "runs/bars", ...options);
    expect(status).toBe(1);
    expect(stderr).toContain(`${name} works on tables, and this run is of images (vrnn evaluate,`);
  });

  test("a family that does not model frames, before anything is written", async () => {
    const { status, stderr } = await run("train", "bars", "--out", "refused");
    expect([status, stderr]).toEqual([1, expect.stringContaining("not frames (choose --model frame-vrnn)")]);
    expect(existsSync(join(folder, "refused"))).toBe(false);
  });

  test("clips of another size, and of shades", async () => {
    writeFileSync(join(folder, "small.npy"), bytesToNpy(new Uint8Array(32), [1, 2, 4, 4]));
    writeFileSync(join(folder, "grey.npy"), bytesToNpy(new Uint8Array(64).fill(9), [1, 1, 8, 8]));
    const small = await run("evaluate", "runs/bars", "--data", "small.npy");
    expect([small.status, small.stderr]).toEqual([
      1,
      expect.stringContaining("its frames are [4, 4], not [8, 8]"),
    ]);
    const grey = await run("evaluate", "runs/bars", "--data", "grey.npy");
    expect([grey.status, grey.stderr]).toEqual([1, expect.stringContaining("black and white")]);
  });
});

test("info tells what a run of frames and its data are", async () => {
  expect((await run("info", "bars")).stdout).toMatch(/x +frames +target +8 × 8/);
  const told = json(await run("info", "runs/bars", "--json"));
  expect(told).toMatchObject({ frames: [8, 8], levels: 2 });
});
