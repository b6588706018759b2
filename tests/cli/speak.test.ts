/** From recordings to a trained model and back to recordings, at the command line. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { decodeWav } from "../../src/data/audio/wav.ts";
import { scratchFolder } from "../run/scratch.ts";
import { speechFolder } from "../speech-folder.ts";
import { type Outcome, vrnn } from "./vrnn.ts";

const folder = scratchFolder();
const run = (...args: string[]) => vrnn(args, folder);
const json = ({ stdout }: Outcome) => JSON.parse(stdout) as Record<string, unknown>;
const soundIn = (name: string) => decodeWav(readFileSync(join(folder, name)), name);
const small = ["--hidden", "24", "--latent", "4", "--epochs", "3", "--kl-warmup", "10"];

let outcome: Outcome;
beforeAll(async () => {
  speechFolder(join(folder, "chirps"), 6);
  outcome = await run("train", "chirps", "--model", "voice", ...small, "--out", "runs/voice");
}, 120_000);

test("train says what is known beside each step", () => {
  expect(outcome).toMatchObject({ status: 0, stdout: "" });
  expect(outcome.stderr).toContain("known beside each step: text (2), speaker (2), seconds and progress");
  expect(outcome.stderr).toContain("--dropout-at x=0.2");
  expect(outcome.stderr).toMatch(/^train: 16 sequences/m);
});

test("what was asked for is said, as long as was asked for or a quarter more", async () => {
  const said = await run(
    "speak",
    "runs/voice",
    "--text",
    "up",
    "--speaker",
    "bob",
    "--seconds",
    "0.4",
    "--count",
    "2",
    "--out",
    "up.wav",
    "--json",
  );
  expect(said.status).toBe(0);
  const { utterances } = json(said) as { utterances: Record<string, unknown>[] };
  expect(utterances.map(({ file, text, speaker }) => [file, text, speaker])).toEqual([
    ["up-1.wav", "up", "bob"],
    ["up-2.wav", "up", "bob"],
  ]);
  const sounds = utterances.map(({ file }) => soundIn(file as string));
  for (const [i, { rate, channels }] of sounds.entries()) {
    expect(rate).toBe(8000);
    expect(channels[0]!.length / rate).toBeCloseTo(utterances[i]!["seconds"] as number, 6);
    expect(channels[0]!.length / rate).toBeLessThanOrEqual(0.54);
    expect(Math.max(...channels[0]!)).toBeGreaterThan(1e-3);
  }
  expect(sounds[0]!.channels[0]).not.toEqual(sounds[1]!.channels[0]);
});

test("the same seed says the same", async () => {
  for (const out of ["one.wav", "two.wav"]) await run("speak", "runs/voice", "--seed", "7", "--out", out);
  expect(readFileSync(join(folder, "one.wav"))).toEqual(readFileSync(join(folder, "two.wav")));
});

test("a recording is gone on with: it is heard before what was made up", async () => {
  const said = await run(
    "speak",
    "runs/voice",
    "--after",
    "chirps/wav/up_ann_0.wav",
    "--text",
    "up",
    "--seconds",
    "0.5",
    "--out",
    "on.wav",
  );
  expect(said.status).toBe(0);
  expect(said.stderr).toMatch(/up_ann_0\.wav is taken for "up" by (ann|bob), the likeliest of 2/);
  expect(soundIn("on.wav").channels[0]!.length).toBeGreaterThan(
    soundIn("chirps/wav/up_ann_0.wav").channels[0]!.length,
  );
});

test("a recording is said by another, and two have others between them", async () => {
  const of = await run(
    "speak",
    "runs/voice",
    "--of",
    "chirps/wav/up_ann_0.wav",
    "--by",
    "ann",
    "--text",
    "up",
    "--speaker",
    "bob",
    "--out",
    "of.wav",
    "--json",
  );
  expect(json(of)).toMatchObject({
    utterances: [{ file: "of.wav", text: "up", speaker: "bob", ended: true }],
  });
  const ends = ["--between", "chirps/wav/up_ann_0.wav", "--and", "chirps/wav/down_ann_0.wav", "--by", "ann"];
  const between = await run("speak", "runs/voice", ...ends, "--points", "3", "--out", "b.wav", "--json");
  const { utterances } = json(between) as { utterances: { file: string; seconds: number }[] };
  expect(utterances.map(({ file }) => file)).toEqual(["b-1.wav", "b-2.wav", "b-3.wav"]);
  const [one, middle, other] = utterances.map(({ seconds }) => seconds) as [number, number, number];
  expect(middle).toBeCloseTo((one + other) / 2, 1);
});

test("the bound is told by frames, and scored frame by frame", async () => {
  const told = (await run("evaluate", "runs/voice")).stdout;
  const [, natsPerFrame] = /^elbo per frame +(\S+) nats$/m.exec(told) ?? [];
  await run("score", "runs/voice", "--out", "scores.csv");
  const [header, ...rows] = readFileSync(join(folder, "scores.csv"), "utf8").trim().split("\n");
  expect(header).toBe("sequence,step,total,nats,kl");
  const totals = rows.map((row) => Number(row.split(",")[2]));
  const mean = totals.reduce((sum, nats) => sum + nats, 0) / totals.length;
  expect(Math.abs(mean - Number(natsPerFrame))).toBeLessThan(2); // draws of their own
});

describe("is refused, and nothing is written:", () => {
  test.each([
    [["--text", "sideways"], '--text: training says no "sideways" (give one of down and up)'],
    [["--speaker", "cat"], '--speaker: training knows no "cat" (give one of ann and bob)'],
    [["--by", "ann"], "option '--by': there is no recording"],
    [["--between", "chirps/wav/up_ann_0.wav"], "what lies between needs two recordings"],
    [["--points", "3"], "option '--points': there is nothing between"],
    [
      ["--of", "chirps/wav/up_ann_0.wav", "--after", "chirps/wav/up_ann_0.wav"],
      "--after and --of exclude each other",
    ],
    [
      ["--of", "chirps/wav/up_ann_0.wav", "--seconds", "1"],
      "option '--seconds': it takes as long as the recording",
    ],
    [
      ["--after", "chirps/wav/up_ann_0.wav", "--text", "up", "--speaker", "ann", "--seconds", "0.1"],
      "give more --seconds",
    ],
    [["--of", "nowhere.wav"], "nowhere.wav"],
    [["--of", "chirps/manifest.csv"], "manifest.csv"],
    [["--out", "refused.csv"], "refused.csv"],
  ])("%j", async (words, message) => {
    const { status, stderr } = await run("speak", "runs/voice", "--out", "refused.wav", ...words);
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(existsSync(join(folder, "refused.wav"))).toBe(false);
  });

  test("a run of cepstra", async () => {
    await run("train", "chirps", "--hidden", "6", "--latent", "2", "--epochs", "1", "--out", "runs/cepstra");
    const { status, stderr } = await run("speak", "runs/cepstra", "--out", "refused.wav");
    expect(status).not.toBe(0);
    expect(stderr).toContain("no sound can be made of what this run was trained on");
  });

  test("what works on the rows of tables", async () => {
    const { status, stderr } = await run("encode", "runs/voice");
    expect(status).not.toBe(0);
    expect(stderr).toContain("encode works on tables, and this run is of speech (vrnn evaluate, vrnn score");
  });

  test("a table that is to be heard", async () => {
    writeFileSync(join(folder, "table.csv"), `load\n${"1\n2\n3\n".repeat(20)}`);
    const { stderr } = await run("train", "table.csv", "--features", "mel");
    expect(stderr).toContain("option '--features' has no effect: it is about speech");
  });
});

test("samples of 16 bits have bits, and are made up without being told anything", async () => {
  const words = ["--hidden", "6", "--latent", "2", "--epochs", "1"];
  const trained = await run("train", "chirps", "--features", "pcm", ...words, "--out", "runs/pcm");
  expect(trained.status).toBe(0);
  const { natsPerStep, bitsPerSample } = json(await run("evaluate", "runs/pcm", "--json")) as Record<
    string,
    number
  >;
  expect(bitsPerSample).toBeCloseTo(-natsPerStep! / 200 / Math.LN2, 6);
  expect(bitsPerSample).toBeGreaterThan(5);
  expect(bitsPerSample).toBeLessThan(16);
  const said = await run("speak", "runs/pcm", "--seconds", "0.25", "--out", "babble.wav");
  expect(said.status).toBe(0);
  expect(soundIn("babble.wav").channels[0]!.length).toBe(2000);
  const { stderr } = await run("speak", "runs/pcm", "--text", "up");
  expect(stderr).toContain("--text: the run is not told what is said (leave it out)");
});
