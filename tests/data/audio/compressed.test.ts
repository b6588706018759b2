/** Compressed sound that libsndfile wrote, against the samples that it was given. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { compressedFormat, decodeCompressed } from "../../../src/data/audio/compressed.ts";
import { VrnnError } from "../../../src/errors.ts";
import "../../slow.ts";
import { readFixture } from "../../fixtures/fixture.ts";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/audio/${name}`, import.meta.url)));
const signal = Float32Array.from(
  readFixture("audio/features").tensors["signal"]!.data,
  (level) => level / 32_768,
);

// The decoder of FLAC tells its errors on the console too.
beforeAll(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

/** The error's energy as a share of the signal's. */
const noiseOf = (actual: Float32Array): number =>
  signal.reduce((sum, sample, i) => sum + (sample - actual[i]!) ** 2, 0) /
  signal.reduce((sum, sample) => sum + sample ** 2, 0);

test.each(["voice.flac", "voice-24.flac"])("%s gives every sample of both channels back", async (name) => {
  const { rate, channels, notes } = await decodeCompressed(fixture(name), name);
  expect([rate, notes]).toEqual([8000, []]);
  expect(channels[0]!.every((sample, i) => sample === signal[i])).toBe(true);
  expect(channels[1]!.every((sample, i) => sample === -signal[i]!)).toBe(true);
  expect(channels.map(({ length }) => length)).toEqual([signal.length, signal.length]);
});

test.each([
  ["voice.mp3", 0.05],
  ["voice.ogg", 0.05],
])("%s sounds like what it was made of", async (name, most) => {
  const { rate, channels, notes } = await decodeCompressed(fixture(name), name);
  expect([rate, channels.length, channels[0]!.length, notes]).toEqual([8000, 1, signal.length, []]);
  expect(noiseOf(channels[0]!)).toBeLessThan(most);
});

test("formats are told by how files begin", () => {
  expect(["voice.flac", "voice.mp3", "voice.ogg"].map((name) => compressedFormat(fixture(name)))).toEqual([
    "FLAC",
    "MP3",
    "Ogg Vorbis",
  ]);
  expect(compressedFormat(Uint8Array.of(0xff, 0xf1, 0x50))).toBeUndefined();
  expect(compressedFormat(Uint8Array.of())).toBeUndefined();
});

describe("what cannot be read", () => {
  test.each([
    ["text", new TextEncoder().encode("hello"), "it begins as none of FLAC, MP3 and Ogg"],
    ["Opus", fixture("opus.ogg"), "it is Opus in Ogg, which is not read"],
    ["a head alone", new TextEncoder().encode("fLaC"), "no sound could be decoded of it as FLAC"],
    ["no Ogg behind its first letters", new TextEncoder().encode("OggS and no more"), "could be decoded"],
    ["no MP3 behind its first letters", new TextEncoder().encode("ID3"), "could be decoded of it as MP3"],
  ])("%s is refused", async (_, bytes, message) => {
    await expect(decodeCompressed(bytes, "a")).rejects.toThrow(message);
    await expect(decodeCompressed(bytes, "a")).rejects.toBeInstanceOf(VrnnError);
  });

  test("too much is refused before it is all there", async () => {
    await expect(decodeCompressed(fixture("voice.mp3"), "a.mp3", { most: 1000 })).rejects.toThrow(
      "a.mp3: it has more than 1000 samples (cut it into parts)",
    );
  });

  test("a file that was cut says so", async () => {
    const whole = fixture("long.flac");
    const { channels, notes } = await decodeCompressed(whole.subarray(0, whole.length / 2), "a.flac");
    expect(notes[0]).toBe(
      `a.flac: it is cut short: its header tells of 14400 samples, it has ${channels[0]!.length}`,
    );
    expect(channels[0]!.length).toBeGreaterThan(4000);
    const mp3 = await decodeCompressed(fixture("voice.mp3").subarray(0, 1200), "a.mp3");
    expect(mp3.channels[0]!.length).toBeLessThan(signal.length);
    const unended = fixture("voice.ogg").slice();
    for (let at = 0; at < unended.length; at++)
      if (new TextDecoder().decode(unended.subarray(at, at + 4)) === "OggS") unended[at + 5]! &= ~4;
    const ogg = await decodeCompressed(unended, "a.ogg");
    expect(ogg.notes).toEqual(["a.ogg: it is cut short: its last page is not there"]);
  });
});

test("whatever was cut or changed is read in part, or refused as an error of this project", async () => {
  const files = ["voice.flac", "voice.mp3", "voice.ogg"].map(fixture);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.nat(),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      async (file, cut, changes) => {
        const bytes = file.slice(0, cut % (file.length + 1));
        for (const [place, value] of changes) bytes[place % bytes.length] = value;
        const read = await decodeCompressed(bytes, "a").catch((error: unknown) => error);
        if (read instanceof Error) expect(read).toBeInstanceOf(VrnnError);
      },
    ),
    { numRuns: 60 },
  );
});
