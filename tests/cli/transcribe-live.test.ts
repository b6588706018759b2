/** `vrnn transcribe RUN --stream`: what is printed of a stream, and one line for whatever is wrong with it. */
import { spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeWav } from "../../src/data/audio/wav-encode.ts";
import { Random } from "../../src/random/generator.ts";
import { scratchFolder } from "../run/scratch.ts";
import { spokenTones, TONE_RATE, toneTraining, writeTones } from "../spoken-tones.ts";
import { main, type Outcome, vrnn, vrnnFed } from "./vrnn.ts";

const folder = scratchFolder();
const random = Random.stream(3, "live at the command line");
const sound = spokenTones(["go", "stop", "go"], random, 0.3);
const silence = Float32Array.from({ length: TONE_RATE }, () => 0.002 * random.normal());
const twice = Float32Array.of(...sound, ...silence, ...sound, ...silence);
const wav = (samples: Float32Array, rate = TONE_RATE) =>
  Buffer.from(encodeWav({ rate, channels: [samples] }));
const raw = (samples: Float32Array) => wav(samples).subarray(44);

beforeAll(async () => {
  writeTones(join(folder, "tones"));
  expect((await vrnn(["train", "tones", ...toneTraining], folder)).status).toBe(0);
  writeTones(join(folder, "few"), { train: 6, valid: 2, test: 2 });
  const both = [...toneTraining, "--epochs", "1", "--hears", "both", "--out", "both"];
  expect((await vrnn(["train", "few", ...both], folder)).status).toBe(0);
  writeFileSync(join(folder, "said.wav"), wav(twice));
}, 400_000);

const hear = (bytes: Uint8Array, ...args: string[]): Promise<Outcome> =>
  vrnnFed(["transcribe", "runs/tones", "--stream", ...args], folder, (stdin) => stdin.end(bytes));
const lines = ({ stdout }: Outcome) => stdout.split("\n").slice(0, -1);
const answers = (outcome: Outcome) => lines(outcome).map((line) => JSON.parse(line));

describe("a stream", () => {
  test("is told a line for each change of what stays, and a whole line after each pause", async () => {
    const [piped, named, headed] = await Promise.all([
      hear(raw(twice)),
      vrnn(["transcribe", "runs/tones", "--stream", "said.wav"], folder),
      hear(wav(twice)),
    ]);
    expect([piped.status, named.status, headed.status]).toEqual([0, 0, 0]);
    expect(named.stdout).toBe(piped.stdout);
    expect(headed.stdout).toBe(piped.stdout);
    const told = lines(piped);
    const whole = told.filter((line) => !line.endsWith(" …"));
    expect(whole.length).toBeGreaterThanOrEqual(2);
    for (const [i, line] of told.entries())
      if (line.endsWith(" …")) expect(told[i + 1]!.startsWith(line.slice(0, -2))).toBe(true);
    expect(piped.stderr).toMatch(/s heard, \d+ words? in \d+ utterances\n$/);
  });

  test("is told as events with --json, which say the same", async () => {
    const [outcome, text] = [await hear(raw(twice), "--json", "--alternatives", "3"), await hear(raw(twice))];
    const told = answers(outcome);
    const finals = told.filter(({ type }) => type === "final");
    expect(finals.map((each) => each.text)).toEqual(lines(text).filter((line) => !line.endsWith(" …")));
    for (const { words, start, end, text: said, fit, heard, alternatives = [] } of finals) {
      expect(words.map(({ word }: { word: string }) => word).join(" ")).toBe(said);
      expect([start, end]).toEqual([words[0].start, words.at(-1).end]);
      expect(heard).toBeGreaterThan(end);
      expect(fit).toBeTypeOf("number");
      for (const { confidence } of words) expect(confidence).toBeGreaterThan(0);
      if (alternatives.length > 0) expect(alternatives[0].text).toBe(said);
    }
    expect(told.filter(({ type }) => type === "partial").length).toBeGreaterThan(finals.length);
  });

  test("of another rate is brought to the run's, and that is told", async () => {
    const quick = Float32Array.from({ length: 2 * twice.length }, (_, i) => twice[i >> 1]!);
    const outcome = await hear(raw(quick), "--rate", "16000");
    expect(outcome.stderr).toContain("16000 samples a second are brought to the 8000 that the run hears");
    expect(outcome.stderr).toContain(`${(twice.length / TONE_RATE).toFixed(1)} s heard`);
    expect((await hear(wav(quick, 16_000), "--rate", "44100")).stderr).toContain(
      "--rate 44100 has no effect: the header says 16000",
    );
  });

  test("that ends in the middle of a word, or of a sample, loses nothing", async () => {
    const half = raw(sound).subarray(0, 2 * Math.round(0.55 * TONE_RATE) + 1);
    const outcome = await hear(half, "--json");
    expect(outcome.status).toBe(0);
    expect(outcome.stderr).toContain("1 byte after the last whole sample left out");
    expect(outcome.stderr).toContain("0.6 s heard");
    expect(answers(outcome).at(-1)).toMatchObject({ type: "final" });
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "that is ended by %s tells what was said last, and that is no failure",
    async (name) => {
      const child = spawn(process.execPath, [main, "transcribe", "runs/tones", "--stream", "--json"], {
        cwd: folder,
      });
      let stdout = "";
      const said = new Promise<void>((resolve) => {
        child.stdout.on("data", (text) => {
          stdout += text;
          resolve();
        });
      });
      child.stdin.write(raw(sound.subarray(0, Math.round(0.9 * TONE_RATE))));
      await said; // a partial result: it waits for more
      child.kill(name);
      const status = await new Promise((resolve) => child.on("close", resolve));
      expect(status).toBe(0);
      expect(answers({ stdout, stderr: "", status: 0 }).at(-1)).toMatchObject({ type: "final" });
    },
  );

  test("is heard at the pace at which it was spoken where that is wanted", async () => {
    const began = performance.now();
    const outcome = await vrnn(
      ["transcribe", "runs/tones", "--stream", "said.wav", "--pace", "--json"],
      folder,
    );
    expect(outcome.status).toBe(0);
    expect(performance.now() - began).toBeGreaterThan((1000 * twice.length) / TONE_RATE - 100);
  });
});

describe("what is wrong is told in one line", () => {
  const last = ({ stderr }: Outcome) => stderr.trimEnd().split("\n").at(-1)!;

  test("nothing at all, and what to do", async () => {
    const outcome = await hear(new Uint8Array());
    expect(outcome.status).toBe(1);
    expect(last(outcome)).toMatch(/^error: stdin: no sound came in \(let a recorder write there: arecord /);
  });

  test("floats that are no numbers, silence, clipping", async () => {
    const odd = sound.slice();
    odd[10] = Number.NaN;
    const floats = await hear(new Uint8Array(odd.buffer), "--encoding", "f32le");
    expect(floats.status).toBe(0);
    expect(floats.stderr).toContain("sample 11 is NaN: such samples count as 0");
    const zeros = await hear(new Uint8Array(2 * 5 * TONE_RATE));
    expect(zeros).toMatchObject({ status: 0, stdout: "" });
    expect(zeros.stderr).toContain("for 3 s all samples are 0: is the microphone on?");
    const loud = await hear(raw(sound.map((sample) => 20 * sample)));
    expect(loud.stderr).toMatch(/samples are clipped at full scale, from \d\.\d\d s on/);
  });

  test("a compressed file, a header that is cut short, a file that is not there", async () => {
    const flac = await hear(Buffer.from("fLaC----------------"));
    expect(last(flac)).toMatch(/^error: stdin: this is FLAC, .*ffmpeg/);
    const short = await hear(wav(sound).subarray(0, 30));
    expect([short.status, last(short)]).toEqual([1, expect.stringMatching(/^error: stdin: no WAV file/)]);
    const missing = await vrnn(["transcribe", "runs/tones", "--stream", "sad.wav"], folder);
    expect(last(missing)).toContain('did you mean "said.wav"?');
  });

  test("a model that hears whole utterances", async () => {
    const outcome = await vrnn(["transcribe", "both", "--stream", "said.wav"], folder);
    expect([outcome.status, last(outcome)]).toEqual([
      1,
      "error: --stream: the model hears the whole utterance, and cannot follow live speech (leave --stream out, or train a run with --hears past)",
    ]);
  });

  test("options without a stream, and data beside one", async () => {
    const alone = await vrnn(["transcribe", "runs/tones", "--pace"], folder);
    expect([alone.status, last(alone)]).toEqual([
      2,
      "error: option '--pace' has no effect on whole utterances (add --stream, or leave it out)",
    ]);
    expect((await hear(raw(sound), "--split", "valid")).status).toBe(2);
  });

  test("sound, where the run knows features alone", async () => {
    const config = JSON.parse(readFileSync(join(folder, "runs/tones/config.json"), "utf8"));
    delete config.modality.known.hearing.spectral;
    cpSync(join(folder, "runs/tones"), join(folder, "features"), { recursive: true });
    writeFileSync(join(folder, "features/config.json"), JSON.stringify(config));
    const outcome = await vrnn(["transcribe", "features", "--stream", "said.wav"], folder);
    expect([outcome.status, last(outcome)]).toEqual([1, expect.stringContaining("--stream FILE.mfc")]);
    const frames = Buffer.alloc(4 + 4 * 13 * 100);
    frames.writeInt32BE(13 * 100);
    writeFileSync(join(folder, "some.mfc"), frames);
    const heard = await vrnn(["transcribe", "features", "--stream", "some.mfc"], folder);
    expect(heard.stderr).toMatch(/1\.0 s heard/);
  });
});
