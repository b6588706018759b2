/** Frames that are watched as they come, against what detect tells of the whole clip. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encode } from "fast-png";
import { beforeAll, describe, expect, test } from "vitest";
import { bytesToNpy } from "../../src/data/arrays/write-npy.ts";
import { gifOf } from "../../src/data/images/film.ts";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { vrnn, vrnnFed } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const [side, size] = [8, 64];

/** A bright square of 2 × 2 that wanders over noise. */
function clip(steps: number, seed: number): Uint8Array[] {
  const random = Random.stream(seed, "squares");
  const [left, top] = [random.integer(side - 1), random.integer(side - 1)];
  return Array.from({ length: steps }, (_, t) => {
    const frame = Uint8Array.from({ length: size }, () => random.integer(20));
    for (const [x, y] of [0, 1].flatMap((x) => [0, 1].map((y) => [x, y] as const)))
      frame[((top + y) % side) * side + ((left + t + x) % side)] = 220;
    return frame;
  });
}

const png = (frame: Uint8Array, width = side): Uint8Array =>
  encode({ width, height: frame.length / width, channels: 1, data: frame });

function put(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

const putClip = (path: string, frames: readonly Uint8Array[]): void =>
  frames.forEach((frame, t) => {
    put(`${path}/${t + 1}.png`, png(frame));
  });

const putArray = (path: string, frames: readonly Uint8Array[]): void =>
  put(path, bytesToNpy(Buffer.concat(frames), [frames.length, side, side]));

const judge = ["--patch", "3", "--alarms-per-1000-steps", "100"];
const odd = clip(12, 9).map((frame, t) =>
  t === 7 ? frame.map((shade, i) => (i < 20 ? 250 : shade)) : frame,
);

interface Answer {
  readonly clip: string;
  readonly frame: number;
  readonly score: number | null;
  readonly odd: boolean | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly error?: string;
  readonly at?: string;
}

const answersIn = (stdout: string): Answer[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);

/** What detect tells of the frames of data after the first: score, place and alarm. */
async function detected(data: string, ...options: string[]): Promise<number[][]> {
  const args = ["--data", data, "--smoothing", "0", "--out", "detected.csv"];
  expect(await run("detect", "runs/squares", ...judge, ...options, ...args)).toMatchObject({ status: 0 });
  const [, ...rows] = readFileSync(join(folder, "detected.csv"), "utf8").trimEnd().split("\n");
  return rows.map((row) => row.split(",").slice(1).map(Number)).filter(([frame]) => frame !== 1);
}

/** The same of frames that were watched. */
const watched = (answers: readonly Answer[]) =>
  answers.flatMap(({ frame, score, x, y, odd }) => (frame === 1 ? [] : [[frame, score, x, y, Number(odd)]]));

const watch = (...options: string[]) => run("watch", "runs/squares", ...judge, ...options);

const fed = (bytes: readonly (Uint8Array | string)[], ...options: string[]) =>
  vrnnFed(["watch", "runs/squares", ...judge, ...options], folder, (stdin) => {
    for (const piece of bytes) stdin.write(piece);
    stdin.end();
  });

beforeAll(async () => {
  for (let i = 0; i < 6; i++) putClip(`squares/train/${i}`, clip(10, i));
  for (let i = 0; i < 2; i++) putClip(`squares/valid/${i}`, clip(10, 20 + i));
  putClip("squares/test/0", clip(10, 30));
  putClip("odd", odd);
  putArray("odd.npy", odd);
  const family = ["--model", "frame-vrnn", "--hidden", "16", "--latent", "2", "--channels", "4"];
  const training = ["--epochs", "3", "--batch", "3", "--lr", "0.01"];
  expect(await run("train", "squares", ...family, ...training)).toMatchObject({ status: 0 });
}, 120_000);

describe("a clip that is played", () => {
  test("has the scores of detect, a line of JSON each", async () => {
    const whole = await detected("odd.npy");
    const { status, stdout, stderr } = await watch("--play", "odd.npy", "--json");
    expect(status).toBe(0);
    const answers = answersIn(stdout);
    expect(answers).toHaveLength(12);
    expect(answers[0]).toEqual({
      ...{ clip: "odd", frame: 1, score: null, odd: false, x: null, y: null, value: null },
    });
    const live = watched(answers);
    expect(live.map(([frame, , ...place]) => [frame, ...place])).toEqual(
      whole.map(([frame, , ...place]) => [frame, ...place]),
    );
    live.forEach(([, score], i) => {
      expect(score).toBeCloseTo(whole[i]![1]!, 3);
    });
    const alarms = whole.filter(([, , , , alarm]) => alarm === 1).length;
    expect(stderr).toMatch(new RegExp(`^12 frames, ${alarms} odd, [\\d.]+ ms each$`, "m"));
  });

  test("is told by what came before alone", async () => {
    putArray("shorter/odd.npy", odd.slice(0, 6));
    const whole = await watch("--play", "odd.npy", "--json");
    const shorter = await watch("--play", "shorter/odd.npy", "--json");
    expect(answersIn(shorter.stdout)).toEqual(answersIn(whole.stdout).slice(0, 6));
  });

  test("may be a folder, a GIF, or several, each with a beginning of its own", async () => {
    const array = watched(answersIn((await watch("--play", "odd.npy", "--json")).stdout));
    const pictures = answersIn((await watch("--play", "odd", "--json")).stdout);
    expect(watched(pictures)).toEqual(array);
    expect(pictures[3]!.at).toBe(join("odd", "4.png"));
    const film = odd.map((pixels) => ({ width: side, height: side, channels: 1 as const, pixels }));
    put("films/odd.gif", await gifOf(film, 10));
    put("films/twice/odd.gif", await gifOf(film, 10));
    const both = answersIn((await watch("--play", "films", "--json")).stdout);
    expect(both.map(({ clip: name, frame }) => `${name} ${frame}`)).toEqual(
      ["odd", "twice/odd"].flatMap((name) => odd.map((_, t) => `${name} ${t + 1}`)),
    );
    expect(watched(both.slice(0, 12))).toEqual(array);
  });

  test("of broken pictures is told without them", async () => {
    putClip("hurt", odd);
    put("hurt/5.png", png(odd[4]!).subarray(0, 60));
    const { status, stdout, stderr } = await watch("--play", "hurt", "--json");
    const answers = answersIn(stdout);
    expect([status, answers.length]).toEqual([0, 12]);
    expect(answers[4]).toEqual({ clip: "hurt", error: expect.stringContaining("5.png: truncated PNG") });
    expect(stderr).toContain(`${join("hurt", "5.png")}: truncated PNG`);
    expect(stderr).toMatch(/^11 frames, \d+ odd, 1 not read/m);
    putArray(
      "hurt.npy",
      odd.filter((_, t) => t !== 4),
    );
    const whole = await detected("hurt.npy");
    const live = watched(answers.filter(({ error }) => error === undefined));
    expect(live.map(([frame, , x, y]) => [frame, x, y])).toEqual(
      whole.map(([frame, , x, y]) => [frame, x, y]),
    );
  });
});

describe("frames on stdin", () => {
  test("are raw ones in pieces of any length, and what is begun at the end is told", async () => {
    putArray("stdin.npy", odd);
    const whole = await detected("stdin.npy");
    const bytes = Buffer.concat(odd);
    const pieces = [
      bytes.subarray(0, 10),
      bytes.subarray(10, 300),
      bytes.subarray(300),
      bytes.subarray(0, 7),
    ];
    const { status, stdout, stderr } = await fed(pieces, "--raw", "--json");
    expect(status).toBe(0);
    const live = watched(answersIn(stdout));
    expect(live.map(([frame, , ...place]) => [frame, ...place])).toEqual(
      whole.map(([frame, , ...place]) => [frame, ...place]),
    );
    live.forEach(([, score], i) => {
      expect(score).toBeCloseTo(whole[i]![1]!, 3);
    });
    expect(stderr).toContain("stdin ended within a frame, 7 of 64 bytes: it is left out");
  });

  test("are pictures whose paths stand on lines; what is none is told and passed over", async () => {
    const paths = [1, 2, 3].map((t) => join("odd", `${t}.png`));
    put("wide.png", png(new Uint8Array(128).fill(7), 16));
    const lines = [paths[0], paths[1], "nowhere.png", "wide.png", "", paths[2]];
    const { status, stdout, stderr } = await fed([lines.join("\n")], "--json");
    const answers = answersIn(stdout);
    expect(status).toBe(0);
    expect(answers.map(({ at, error }) => at ?? error)).toEqual([
      ...paths.slice(0, 2),
      expect.stringContaining("nowhere.png: there is no such file"),
      expect.stringContaining("wide.png: it is 16 by 8 pixels, and the frames of the run are 8 by 8"),
      paths[2],
    ]);
    expect(stderr).toMatch(/^3 frames, \d+ odd, 2 not read/m);
    const raw = await fed([Buffer.concat(odd.slice(0, 3))], "--raw", "--json");
    expect(watched(answers.filter(({ error }) => error === undefined))).toEqual(
      watched(answersIn(raw.stdout)),
    );
  });

  test("that are none end with a word", async () => {
    const args = ["watch", "runs/squares", "--no-flags"];
    const { status, stdout, stderr } = await vrnnFed(args, folder, (stdin) => stdin.end());
    expect([status, stdout, stderr]).toEqual([0, "", "0 frames\n"]);
  });
});

test("a line for a person tells the place, and with --every 0 odd frames alone", async () => {
  const { stdout } = await watch("--play", "odd");
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(12);
  expect(lines[0]).toBe(`odd, frame 1 (${join("odd", "1.png")}): the first, which nothing tells`);
  expect(lines[7]).toMatch(/^odd, frame 8 \(.*8\.png\): odd, \d+\.\d\d at \d, \d$/);
  const alarms = await watch("--play", "odd", "--every", "0");
  expect(alarms.stdout.trimEnd().split("\n")).toEqual(lines.filter((line) => line.includes("): odd, ")));
});

test("without a threshold no data are needed, and nothing is odd", async () => {
  const { stdout } = await run("watch", "runs/squares", "--no-flags", "--play", "odd.npy", "--json");
  const [first, second] = answersIn(stdout);
  expect(first).toMatchObject({ score: null, odd: null });
  expect(second).toMatchObject({ score: null, odd: null, value: expect.any(Number) });
});

test("clean clips that are named set the threshold", async () => {
  const args = ["--clean", "squares/valid/0"];
  const whole = await detected("odd.npy", ...args);
  const { stdout, stderr } = await watch("--play", "odd.npy", "--json", ...args);
  expect(stderr).toContain("by 10 clean frames");
  watched(answersIn(stdout)).forEach(([, score], i) => {
    expect(score).toBeCloseTo(whole[i]![1]!, 3);
  });
});

describe("is refused in a line", () => {
  test.each([
    [["--data", "squares"], 2, "--data is of tables, and this run is of frames (name clean clips: --clean"],
    [["--follow", "odd.npy"], 2, "--follow is of tables, and this run is of frames (name a clip: --play"],
    [["--state", "state.json"], 2, "--state is of tables"],
    [["--by", "particles"], 2, "--by particles is of tables"],
    [["--raw", "8", "--no-flags"], 2, `option '--raw': "8" is no size`],
    [["--raw", "64x64", "--no-flags"], 1, "stdin: it is 64 by 64 pixels, and the frames of the run are"],
    [["--raw", "--play", "odd"], 2, "--raw reads stdin, and --play something else"],
    [["--clean", "odd", "--no-flags"], 2, "--clean has no effect with --no-flags"],
    [["--play", "runs"], 1, "runs: there are no frames to play"],
  ])("%s", async (options, status, words) => {
    const outcome = await run("watch", "runs/squares", ...options);
    expect([outcome.status, outcome.stdout]).toEqual([status, ""]);
    expect(outcome.stderr).toContain(words);
    expect(outcome.stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
