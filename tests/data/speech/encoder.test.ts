/** Encoders of sound that somebody brings: what they tell, what a run keeps of them, and what is refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeWav } from "../../../src/data/audio/wav-encode.ts";
import { SoundEncoder } from "../../../src/data/files-sound-encoder.ts";
import { readSpeech } from "../../../src/data/files-speech.ts";
import { knownSoundEncoder } from "../../../src/data/speech/encoder-knowledge.ts";
import { featureNameOf } from "../../../src/data/speech/feature-names.ts";
import type { Hearing } from "../../../src/data/speech/hearing.ts";
import { knownOfSpeech } from "../../../src/data/speech/knowledge.ts";
import { perturbation } from "../../../src/data/speech/perturbation.ts";
import { sequencesIn } from "../../../src/data/whole-sequences.ts";
import { Random } from "../../../src/random/generator.ts";
import { digestOfSources } from "../../../src/run/digest.ts";
import { encoderFile, framingEncoder } from "../encoder-file.ts";
import { folderWith } from "../temporary.ts";

const RATE = 16_000;
/** Samples from one frame to the next, and of a frame: its mean, and its end less its beginning. */
const [HOP, REACH] = [160, 400];
const kernels = [
  Array.from({ length: REACH }, () => 1 / REACH),
  Array.from({ length: REACH }, (_, i) => (i === REACH - 1 ? 1 : i === 0 ? -1 : 0)),
];

/** Of 16 bits, so that a file keeps it as it is. */
const samplesOf = (seed: number, length: number): Float32Array => {
  const random = Random.stream(seed, "samples");
  return Float32Array.from({ length }, () => Math.round(random.uniform() * 2 ** 14) / 2 ** 15);
};

/** What the kernels tell of samples, `[T, 2]`, by their definition. */
function byHand(samples: Float32Array): number[] {
  const told: number[] = [];
  for (let from = 0; from + REACH <= samples.length; from += HOP) {
    const own = samples.subarray(from, from + REACH);
    told.push(own.reduce((sum, each) => sum + each, 0) / REACH, own[REACH - 1]! - own[0]!);
  }
  return told;
}

const lengths = [4000, 5200, 6400];
const home = folderWith({
  "own.onnx": framingEncoder(kernels, HOP),
  "channel.onnx": framingEncoder(kernels, HOP, true),
  "other.onnx": framingEncoder([kernels[1]!, kernels[0]!], HOP),
  "speech/manifest.csv": "path,text,speaker,split\n0.wav,ja,a,train\n1.wav,na,b,valid\n2.wav,ja na,c,test\n",
  ...Object.fromEntries(
    lengths.map((length, i) => [
      `speech/${i}.wav`,
      encodeWav({ rate: RATE, channels: [samplesOf(i, length)] }),
    ]),
  ),
});
const [own, speech] = [join(home, "own.onnx"), join(home, "speech")];
const read = () => readSpeech(speech, { features: "encoded", encoder: own });
const close = (told: ArrayLike<number>, expected: readonly number[]) => {
  expect(told).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(told[i]).toBeCloseTo(value, 5);
  });
};

describe("frames of an encoder", () => {
  test.each(["own.onnx", "channel.onnx"])("are what its definition says: %s", async (name) => {
    const encoder = await SoundEncoder.open(join(home, name));
    const samples = samplesOf(9, 4321);
    const { width, length, values } = await encoder.frames(samples, "a.wav");
    const none = await encoder.frames(new Float32Array(0), "b.wav");
    await encoder.dispose();
    expect([encoder.rate, encoder.frameRate, width, length]).toEqual([RATE, 100, 2, 25]);
    close(values, byHand(samples));
    expect(none.length).toBe(0);
  });

  test("take the place of cepstra beside what was said, and the run keeps which encoder it was", async () => {
    const { fields, modality, splits, notes } = await read();
    expect(Object.keys(fields)).toEqual(["x", "frames", "letters"]);
    const { hearing } = knownOfSpeech(modality);
    expect(hearing).toMatchObject({
      ...{ features: "encoded", width: 2, frameRate: 100, deltas: 0, stack: 3 },
      encoder: {
        input: "samples",
        output: "frames",
        rate: RATE,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    const [sequence] = await sequencesIn(splits.train);
    close(sequence!.values["frames"] as Float32Array, byHand(samplesOf(0, lengths[0]!)));
    expect(sequence!.length).toBe(Math.ceil(byHand(samplesOf(0, lengths[0]!)).length / 2 / 3));
    expect(notes.join("\n")).toMatch(
      /speech is heard by .*own\.onnx, which is not trained \(SHA-256 [0-9a-f]{12}…\)/,
    );
    expect(notes.join("\n")).toContain(
      "its input samples is given samples from −1 to 1, 16000 a second, its output frames tells 100 frames a second",
    );
  });

  test("are told again of other recordings by the same file, and by no other", async () => {
    const known = await read();
    const again = await readSpeech(speech, { encoder: own }, known);
    const [first, second] = [await sequencesIn(known.splits.test), await sequencesIn(again.splits.test)];
    expect(second[0]!.values).toEqual(first[0]!.values);
    await expect(readSpeech(speech, { encoder: join(home, "other.onnx") }, known)).rejects.toMatchObject({
      code: "run/encoder",
      what: expect.stringContaining("this is not the encoder that the run was trained with"),
    });
    await expect(readSpeech(speech, { encoder: join(home, "gone.onnx") }, known)).rejects.toMatchObject({
      code: "run/encoder",
      remedy: expect.stringContaining("vrnn transcribe RUN --features PATH"),
    });
  });

  test("do not count in the checksum of the data, as their rounding is the machine's; recordings do, and what was said", async () => {
    const data = await read();
    const { x, frames } = data.fields;
    const rest = {
      ...data,
      modality: { name: "text" } as const,
      fields: { letters: data.fields["letters"]! },
    };
    expect([x, frames]).not.toContain(undefined);
    expect(await digestOfSources(data)).toBe(await digestOfSources(rest));
    const other = folderWith({
      ...Object.fromEntries(
        lengths.map((length, i) => [
          `${i}.wav`,
          encodeWav({ rate: RATE, channels: [samplesOf(i + 9, length)] }),
        ]),
      ),
      "manifest.csv": readFileSync(join(speech, "manifest.csv")),
    });
    const changed = await readSpeech(other, { features: "encoded", encoder: own });
    expect(await digestOfSources(changed)).not.toBe(await digestOfSources(data));
  });

  test("are learned from unstretched and unwarped: noise and masks alone make them anew", async () => {
    const { fields, modality, splits } = await read();
    const { hearing } = knownOfSpeech(modality);
    const [part] = await sequencesIn(splits.train);
    const still = { noise: 0, masks: 0, maskSteps: 1 };
    const reread = perturbation(hearing, fields, { speed: 0.3, pad: 1, warp: 0.3, maskBands: 2, ...still });
    const told = reread(part!, Random.stream(1, "row"));
    expect(told.length).toBe(part!.length);
    expect(told.values["x"]).toEqual(part!.values["x"]);
    const noisy = perturbation(hearing, fields, {
      speed: 0,
      pad: 0,
      warp: 0,
      maskBands: 0,
      ...still,
      noise: 1,
    });
    expect(noisy(part!, Random.stream(1, "row")).values["x"]).not.toEqual(part!.values["x"]);
    close(part!.values["frames"] as Float32Array, byHand(samplesOf(0, lengths[0]!))); // its own are left as they are
  });
});

describe("what is no encoder of sound is refused in a line", () => {
  const identity = (shape: readonly (number | string)[], type: "float32" | "int64" = "float32") =>
    encoderFile({
      inputs: { sound: { shape, type } },
      outputs: { y: { shape, type } },
      ops: [{ op: "Identity", of: ["sound"], gives: "y" }],
    });
  const pooled = encoderFile({
    inputs: { sound: { shape: ["N", "L"] } },
    outputs: { y: { shape: ["N", 1, 1] } },
    ops: [
      { op: "Unsqueeze", of: ["sound", "axes"], gives: "one" },
      { op: "ReduceMean", of: ["one", "last"], gives: "y" },
    ],
    weights: {
      axes: { shape: [1], data: BigInt64Array.of(1n) },
      last: { shape: [1], data: BigInt64Array.of(2n) },
    },
  });

  test.each<[string, Uint8Array, string]>([
    ["bands", identity(["N", 80, "T"]), "its input is sound: float32 [N, 80, T]"],
    ["a fixed length", identity(["N", 16_000]), "its input is sound: float32 [N, 16000], of a fixed size"],
    ["whole numbers", identity(["N", "L"], "int64"), "its input is sound: int64 [N, L]"],
    ["an output of two axes", identity(["N", "L"]), "its outputs are y: float32 [N, L]"],
    ["frames behind features", identity(["N", 1, "L"]), "of one recording it told [1, 1, 16000]"],
    ["one frame of all", pooled, "of 1 and of 5 seconds it told [1, 1, 1] and [1, 1, 1]"],
  ])("%s", async (name, bytes, what) => {
    const file = join(home, `${name}.onnx`);
    writeFileSync(file, bytes);
    const error: unknown = await SoundEncoder.open(file).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "data/encoder" });
    expect(String(error)).toContain(`${file}: ${what}`);
    expect(String(error)).toMatch(/\(bring .+\)$/);
  });

  test("a recording that is too short for it, named with its length", async () => {
    const encoder = await SoundEncoder.open(own);
    const error: unknown = await encoder
      .frames(samplesOf(1, 100), "short.wav")
      .catch((cause: unknown) => cause);
    await encoder.dispose();
    expect(error).toMatchObject({ code: "data/encoder" });
    expect(String(error)).toContain("it cannot read short.wav, 100 samples");
  });

  test("frames that are not finite", async () => {
    const file = join(home, "odd.onnx");
    const logs = encoderFile({
      inputs: { sound: { shape: ["N", 1, "L"] } },
      outputs: { y: { shape: ["N", "L", 1] } },
      ops: [
        { op: "Log", of: ["sound"], gives: "log" },
        { op: "Transpose", of: ["log"], gives: "y", with: { perm: [0, 2, 1] } },
      ],
    });
    writeFileSync(file, logs);
    const encoder = await SoundEncoder.open(file);
    await expect(encoder.frames(new Float32Array(4), "still.wav")).rejects.toThrow(
      "of still.wav it tells values that are not finite",
    );
    await encoder.dispose();
  });
});

test("features are an encoder's where a file of ONNX is named, and by no other name", () => {
  expect(featureNameOf("there/wav2vec2.ONNX")).toBe("encoded");
  for (const name of ["encoded", ".onnx", "loud"])
    expect(() => featureNameOf(name)).toThrow(
      `option '--features ${name}': no step of speech is of that (write cepstra, mel, samples, pcm or the path of an encoder, such as encoder.onnx, or leave it out)`,
    );
});

test("what a run says of its encoder is read as hostile input", () => {
  const hearing: Hearing = { features: "encoded", width: 2, frameRate: 100, deltas: 0, stack: 3 };
  const encoder = { sha256: "0".repeat(64), input: "samples", output: "frames", rate: 0 };
  expect(() => knownSoundEncoder({ ...hearing, encoder })).toThrow(
    /what the run knows of its encoder cannot be read: rate: /,
  );
  expect(knownSoundEncoder(hearing)).toBeUndefined();
});
