/** Sound that goes on: the same samples however its bytes are cut, at any rate, and one line for whatever is wrong with it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LiveSound, type LiveSoundOptions } from "../../../src/data/audio/live-sound.ts";
import { oneChannel } from "../../../src/data/audio/mix.ts";
import { PcmReader } from "../../../src/data/audio/pcm.ts";
import { Resampler, resample } from "../../../src/data/audio/resample.ts";
import { decodeWav } from "../../../src/data/audio/wav.ts";
import { encodeWav } from "../../../src/data/audio/wav-encode.ts";
import { Random } from "../../../src/random/generator.ts";
import { errorOf } from "../../run/scratch.ts";

const random = Random.stream(1, "live sound");
const noise = (length: number, level = 0.1): Float32Array =>
  Float32Array.from({ length }, () => Math.fround(level * random.normal()));

/** Pieces of some sizes, over and over. */
function* cut<Values extends Float32Array | Uint8Array>(
  values: Values,
  sizes: readonly number[],
): Generator<Values> {
  for (let at = 0, i = 0; at < values.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield values.subarray(at, at + size) as Values;
    at += size;
  }
}

const sizes = (max: number) => fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 8 });
const joined = (pieces: readonly Float32Array[]): Float32Array =>
  Float32Array.from(pieces.flatMap((piece) => [...piece]));
const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

test.each([
  [48_000, 16_000],
  [8000, 16_000],
  [44_100, 8000],
  [11_025, 16_000],
  [16_000, 16_000],
])("from %i to %i Hz, pieces of any sizes are brought to what the whole is, bit for bit", (from, to) => {
  const samples = noise(1200);
  const whole = resample(samples, from, to);
  expect(whole).toHaveLength(Math.ceil((1200 * to) / from));
  fc.assert(
    fc.property(sizes(700), (lengths) => {
      const resampler = new Resampler(from, to);
      const pieces = [...cut(samples, lengths)].map((piece) => resampler.push(piece));
      expect(joined([...pieces, resampler.end()])).toEqual(whole);
    }),
    { numRuns: 10 },
  );
});

test("what is told lags the sound by half a kernel and no more", () => {
  const resampler = new Resampler(48_000, 16_000);
  const told = Array.from({ length: 100 }, () => resampler.push(noise(480)).length);
  expect(told.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(16_000 - 70);
});

describe("bytes", () => {
  const stereo = { rate: 16_000, channels: [noise(900), noise(900)] };
  const wav = encodeWav(stereo);
  const expected = oneChannel(decodeWav(wav, "a.wav"));

  const read = (bytes: Uint8Array, lengths: readonly number[]) => {
    const reader = new PcmReader({ rate: 8000 });
    const pieces = [...cut(bytes, lengths)].map((piece) => reader.push(piece));
    return { samples: joined([...pieces, reader.end()]), rate: reader.rate, notes: reader.notes() };
  };

  test("of a WAV file are the samples of the file, however they are cut", () => {
    fc.assert(
      fc.property(sizes(300), (lengths) => {
        const { samples, rate, notes } = read(wav, lengths);
        expect(rate).toBe(16_000);
        expect(samples).toEqual(expected);
        expect(notes).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test("without a header are whole numbers of 16 bits; what is no whole sample is told of", () => {
    const { samples, rate, notes } = read(Uint8Array.of(0, 64, 0, 192, 7), [2]);
    expect([...samples]).toEqual([0.5, -0.5]);
    expect(rate).toBe(8000);
    expect(notes).toEqual(["1 byte after the last whole sample left out"]);
  });

  test("a header that does not know its length is read on, and what stands behind samples is not", () => {
    const open = wav.slice();
    new DataView(open.buffer).setUint32(40, 0xffff_ffff, true);
    expect(read(open, [100]).samples).toEqual(expected);
    expect(read(Uint8Array.of(...wav, ...new TextEncoder().encode("LIST....")), [100]).samples).toEqual(
      expected,
    );
  });

  test("of other formats, and headers that are cut short, are refused by name", () => {
    const push = (text: string) => () =>
      new PcmReader({ rate: 8000 }).push(new TextEncoder().encode(text.padEnd(20, ".")));
    expect(errorOf(push("fLaC"))).toMatchObject({
      code: "data/sound",
      what: expect.stringContaining("FLAC"),
    });
    expect(errorOf(push("OggS"))).toMatchObject({ what: expect.stringContaining("Ogg") });
    const pushBytes = (...bytes: number[]) => {
      const samples = Uint8Array.from({ length: 20 }, (_, i) => bytes[i] ?? 0);
      return () => new PcmReader({ rate: 8000 }).push(samples);
    };
    expect(errorOf(pushBytes(0x89, 0x50, 0x4e, 0x47))).toMatchObject({
      what: "this is PNG, and no samples as they are",
    });
    expect(errorOf(pushBytes(0xff, 0xd8, 0xff, 0xe0))).toMatchObject({ code: "data/sound" });
    expect(errorOf(pushBytes(0xff, 0xfb, 0x90, 0x64))).toMatchObject({
      what: expect.stringContaining("MP3"),
    });
    expect(pushBytes(0xff, 0xff, 1, 0)()).toHaveLength(10);
    const named = new PcmReader({ rate: 8000, isWav: true });
    expect(errorOf(() => named.push(new Uint8Array(20)))).toMatchObject({
      what: "this is no WAV file, and no samples as they are",
    });
    const reader = new PcmReader({ rate: 8000 });
    reader.push(wav.subarray(0, 30));
    expect(errorOf(() => reader.end())).toMatchObject({ code: "data/wav" });
  });

  test("of a WAV file that was cut, and of another behind it, are told", () => {
    const notesOf = (bytes: Uint8Array, size: number) => {
      const reader = new PcmReader({ rate: 8000 });
      for (const piece of cut(bytes, [size])) reader.push(piece);
      reader.end();
      return reader.notes();
    };
    for (const size of [5, 1000, 100_000]) {
      expect(notesOf(wav, size)).toEqual([]);
      expect(notesOf(wav.subarray(0, wav.length - 100), size)).toEqual([
        "it is cut short: its header tells of 100 bytes more",
      ]);
      expect(notesOf(Uint8Array.of(...wav, ...wav), size)).toEqual([
        "another WAV file behind it is not heard",
      ]);
    }
  });

  test("floats that are NaN or beyond full scale are made sound, told once and counted", () => {
    const reader = new PcmReader({ rate: 8000, encoding: "f32le" });
    const values = Float32Array.of(0.25, Number.NaN, 3, Number.POSITIVE_INFINITY, -2, 0.5);
    expect([...reader.push(bytesOf(values))]).toEqual([0.25, 0, 1, 0, -1, 0.5]);
    expect(reader.notes()).toEqual([
      "sample 2 is NaN: such samples count as 0",
      "sample 3 is 3: beyond full scale, samples are clipped",
    ]);
    reader.end();
    expect(reader.notes()).toEqual([
      "2 samples were NaN or infinite, and count as 0",
      "2 samples beyond full scale were clipped to -1 and 1",
    ]);
  });
});

describe("a stream", () => {
  const notesOf = (bytes: Uint8Array, options: LiveSoundOptions, size = 4000) => {
    const sound = new LiveSound(options);
    const notes = [...cut(bytes, [size])].flatMap((piece) => {
      sound.push(piece);
      return sound.notes();
    });
    sound.end();
    return { notes: [...notes, ...sound.notes()], seconds: sound.seconds };
  };

  test("is brought to the rate that is wanted, and that is told", () => {
    const samples = noise(24_000);
    const sound = new LiveSound({ rate: 48_000, wanted: 16_000, encoding: "f32le" });
    const pieces = [...cut(bytesOf(samples), [999])].map((piece) => sound.push(piece));
    expect(joined([...pieces, sound.end()])).toEqual(resample(samples, 48_000, 16_000));
    expect(sound.notes()).toEqual(["48000 samples a second are brought to the 16000 that the run hears"]);
    expect(sound.seconds).toBe(0.5);
  });

  test("of zeros, and one that is clipped, is told of once while it goes on", () => {
    const options = { rate: 8000, wanted: 8000 };
    const { notes, seconds } = notesOf(new Uint8Array(16_000 * 9), options);
    expect(notes).toEqual(["for 3 s all samples are 0: is the microphone on?"]);
    expect(seconds).toBe(9);
    const loud = encodeWav({
      rate: 8000,
      channels: [Float32Array.from({ length: 8000 }, (_, i) => 2 * Math.sin(i))],
    });
    const { notes: clipped } = notesOf(loud, options);
    expect(notesOf(loud, options, 50).notes).toEqual(clipped);
    expect(clipped[0]).toMatch(/^samples are clipped at full scale, from 0\.\d+ s on/);
    expect(clipped[1]).toMatch(/^\d+ samples of 8000 \(\d+\.\d %\) are clipped at full scale$/);
    expect(clipped).toHaveLength(2);
  });
});
