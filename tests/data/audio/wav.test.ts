/** WAV files against bytes laid out by hand, and against whatever may stand in a file. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeWav } from "../../../src/data/audio/wav.ts";
import { encodeWav } from "../../../src/data/audio/wav-encode.ts";
import { VrnnError } from "../../../src/errors.ts";
import { testWithSharedData } from "../../shared-data.ts";
import { spokenDigits } from "./recordings.ts";
import { chunk, format, little, riff, wavOf } from "./wav-bytes.ts";

const read = (bytes: Uint8Array) => decodeWav(bytes, "a.wav");
const floats = (values: readonly number[], bytes: 4 | 8): number[] => {
  const made = bytes === 4 ? Float32Array.from(values) : Float64Array.from(values);
  return [...new Uint8Array(made.buffer)];
};

describe("samples of every kind", () => {
  test.each([
    ["8 bits", { bits: 8 }, [0, 64, 128, 255]],
    ["16 bits", { bits: 16 }, [0, 0x80, 0, 0xc0, 0, 0, 0xff, 0x7f]],
    ["24 bits", { bits: 24 }, [0, 0, 0x80, 0, 0, 0xc0, 0, 0, 0, 0xff, 0xff, 0x7f]],
    ["32 bits", { bits: 32 }, [0, 0, 0, 0x80, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]],
    ["floats of 32 bits", { tag: 3, bits: 32 }, floats([-1, -0.5, 0, 1], 4)],
    ["floats of 64 bits", { tag: 3, bits: 64 }, floats([-1, -0.5, 0, 1], 8)],
  ] as const)("%s", (_, fields, data) => {
    const { rate, channels, notes } = read(wavOf({ rate: 11_025, ...fields }, data));
    expect(rate).toBe(11_025);
    expect([...channels[0]!.subarray(0, 3)]).toEqual([-1, -0.5, 0]);
    expect(channels[0]![3]).toBeCloseTo(1, 1);
    expect(notes).toEqual([]);
  });

  test("of the extensible form, in which the codec stands further back", () => {
    const extended = [...format({ tag: 0xfffe, channels: 2 }), 22, 0, 16, 0, 3, 0, 0, 0, 1, 0];
    const { channels } = read(riff(chunk("fmt ", extended), chunk("data", [0, 0x40, 0, 0xc0])));
    expect(channels).toEqual([Float32Array.of(0.5), Float32Array.of(-0.5)]);
    const cut = () => read(riff(chunk("fmt ", extended.slice(0, 20)), chunk("data", [0, 0])));
    expect(cut).toThrow("its extended format is cut short");
  });

  test("12 bits lie in 16", () => {
    expect(read(wavOf({ bits: 12 }, [0, 0x40])).channels[0]).toEqual(Float32Array.of(0.5));
  });
});

describe("chunks", () => {
  test("come in any order; those unknown are passed over, odd ones with their padding", () => {
    const bytes = riff(
      chunk("LIST", [1, 2, 3]),
      chunk("data", [0, 0x40]),
      chunk("junk", [7]),
      chunk("fmt ", format()),
    );
    expect(read(bytes).channels).toEqual([Float32Array.of(0.5)]);
  });

  test.each([
    ["nothing", Uint8Array.of(), "a.wav: no WAV file: the file is empty"],
    ["text", new TextEncoder().encode("Hello, this is text"), 'it does not begin with "RIFF" and "WAVE"'],
    ["a beginning", riff().subarray(0, 7), "it ends after 7 bytes, within its header"],
    ["AIFF", new TextEncoder().encode("FORM1234AIFF"), "it is AIFF"],
    ["no format", riff(chunk("data", [0, 0])), "it does not tell the format of its samples"],
    ["no data", riff(chunk("fmt ", format())), "it has no data"],
    ["half a format", riff(chunk("fmt ", [1, 0]), chunk("data", [])), "its format has 2 bytes of 16"],
    ["no channel", wavOf({ channels: 0 }, [0, 0]), "it has no channel"],
    ["no rate", wavOf({ rate: 0 }, [0, 0]), "a rate of 0 samples"],
    ["odd bits", wavOf({ bits: 40 }, [0, 0]), "samples of 40 bits are not read"],
    ["half floats", wavOf({ tag: 3, bits: 16 }, [0, 0]), "samples of 16 bits are not read as floats"],
    ["a wrong frame", wavOf({ frame: 3 }, [0, 0]), "1 samples of 16 bits do not take 3 bytes"],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(message);
    expect(() => read(bytes)).toThrow(VrnnError);
  });

  test.each([
    [2, "Microsoft ADPCM (2)"],
    [6, "A-law (6)"],
    [85, "MP3 (85)"],
    [4711, "the codec 4711"],
  ])("codec %i is refused by name", (tag, name) => {
    expect(() => read(wavOf({ tag }, [0, 0]))).toThrow(name);
    expect(() => read(wavOf({ tag }, [0, 0]))).toThrow("ffmpeg");
  });
});

describe("what a header claims", () => {
  test("is not believed: of 4 GB there are two samples", () => {
    const { channels, notes } = read(wavOf({}, [0, 0x40, 0, 0xc0], 0x7000_0000));
    expect(channels).toEqual([Float32Array.of(0.5, -0.5)]);
    expect(notes).toEqual(["a.wav: it is cut short: its header tells of 939,524,096 samples, it has 2"]);
  });

  test.each([0, 0xffff_ffff, 0x7fff_f000])("of a stream it tells nothing (%i)", (claimed) => {
    const { channels, notes } = read(wavOf({}, [0, 0x40, 0, 0xc0, 9, 9], claimed));
    expect(channels[0]).toHaveLength(3);
    expect(notes).toEqual(["a.wav: its header does not tell its length: it is read to the end of the file"]);
  });

  test("no sample is one too few, whether chunks follow or not", () => {
    for (const bytes of [
      wavOf({}, []),
      riff(chunk("fmt ", format()), chunk("data", []), chunk("LIST", [1, 2])),
    ])
      expect(read(bytes)).toMatchObject({
        channels: [new Float32Array()],
        notes: ["a.wav: it has no sample"],
      });
  });
});

describe("what can be heard to be wrong", () => {
  test("NaN and infinity are refused with their place", () => {
    const at = (value: number) => () =>
      read(wavOf({ tag: 3, bits: 32, channels: 2 }, floats([0, 0, 0, value], 4)));
    expect(at(Number.NaN)).toThrow("a.wav, channel 2: sample 2 is NaN (write the recording again");
    expect(at(Number.POSITIVE_INFINITY)).toThrow("sample 2 is Infinity");
  });

  test("clipping, silence and floats beyond full scale are told", () => {
    const loud = [0, 0, 0xff, 0x7f, 0xff, 0x7f, 0xff, 0x7f, 0, 0x80, 0, 0];
    expect(read(wavOf({}, loud)).notes).toEqual(["a.wav: 4 samples of 6 (66.7 %) are clipped at full scale"]);
    expect(read(wavOf({}, [0xff, 0x7f, 0xff, 0x7f, 0, 0])).notes).toEqual([]);
    expect(read(wavOf({}, [0, 0, 0, 0])).notes).toEqual(["a.wav: it is silent: all samples are 0"]);
    const beyond = read(wavOf({ tag: 3, bits: 32 }, floats([0, 1.5, -2], 4)));
    expect(beyond.channels[0]).toEqual(Float32Array.of(0, 1, -1));
    expect(beyond.notes).toEqual(["a.wav: 2 samples beyond full scale are clipped to -1 and 1"]);
  });
});

const levels = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 40 });

describe("properties", () => {
  test("16 bits come back as they were, of any number of channels at any rate", () => {
    fc.assert(
      fc.property(
        levels,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        (row, channels, rate) => {
          const sound = {
            rate,
            channels: Array.from({ length: channels }, (_, c) =>
              Float32Array.from(row, (level) => (c % 2 === 0 ? level : ~level) / 32_768),
            ),
          };
          const bytes = encodeWav(sound);
          const back = read(bytes);
          expect(back).toMatchObject(sound);
          expect(encodeWav(back)).toEqual(bytes);
        },
      ),
    );
  });

  test("a file that is cut anywhere gives its beginning or an error that says so", () => {
    fc.assert(
      fc.property(
        levels,
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        (row, channels, cut, changes) => {
          const whole = encodeWav({
            rate: 8000,
            channels: Array.from({ length: channels }, () =>
              Float32Array.from(row, (level) => level / 32_768),
            ),
          });
          const bytes = whole.slice(0, cut % (whole.length + 1));
          if (changes.length === 0 && bytes.length >= 44)
            expect(read(bytes).channels[0]).toEqual(
              read(whole).channels[0]!.subarray(0, Math.floor((bytes.length - 44) / 2 / channels)),
            );
          for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
          try {
            read(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(VrnnError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("any bytes behind a sound header are read or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (tail) => {
        const bytes = Uint8Array.from([...riff(), ...chunk("fmt ", format()), ...tail]);
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(VrnnError);
        }
      }),
    );
  });
});

describe("what cannot be written", () => {
  const one = Float32Array.of(0);
  test.each([
    [{ rate: 0, channels: [one] }, "a rate of 0 samples a second cannot be used"],
    [{ rate: 8000, channels: [] }, "0 channels cannot be written"],
    [{ rate: 8000, channels: [one, Float32Array.of(0, 0)] }, "its channels differ in length"],
    [{ rate: 8000, channels: [Float32Array.of(0, Number.NaN)] }, "channel 1: sample 2 is NaN"],
  ])("is refused", (sound, message) => {
    expect(() => encodeWav(sound)).toThrow(message);
  });

  test("but what is too loud is clipped", () => {
    const bytes = encodeWav({ rate: 8000, channels: [Float32Array.of(2, -2)] });
    expect([...bytes.subarray(44)]).toEqual([...little(0x7fff, 2), ...little(0x8000, 2)]);
  });
});

testWithSharedData("all spoken digits are read and written back to the same samples", (folder) => {
  const recordings = [...spokenDigits(folder)].filter(([name]) => name.endsWith(".wav"));
  expect(recordings).toHaveLength(3000);
  for (const [name, bytes] of recordings) {
    const sound = decodeWav(bytes, name);
    expect([sound.rate, sound.channels.length]).toEqual([8000, 1]);
    const again = encodeWav(sound);
    expect(Buffer.compare(again.subarray(44), bytes.subarray(44, again.length)), name).toBe(0);
  }
});
