/** What the samples of a WAV file are kept in. */
import { VrnnError } from "../../errors.ts";
import { type Chunk, noWav } from "./riff.ts";

/** How samples lie in a file. */
export interface WavFormat {
  readonly rate: number;
  readonly channels: number;
  /** Bytes of one sample of one channel. */
  readonly bytes: number;
  readonly isFloat: boolean;
}

/** One way of writing a sample. */
export interface SampleKind {
  /** From -1 to 1 for whole numbers; as it stands for floats. */
  readonly read: (view: DataView, offset: number) => number;
  /** What the largest number of the kind means. */
  readonly loudest: number;
}

const [PCM, FLOAT, EXTENSIBLE] = [0x0001, 0x0003, 0xfffe] as const;
/** Fields up to the bits of a sample, and those of the extensible form up to the number of its codec. */
const [SHORTEST, EXTENDED] = [16, 26] as const;
/** Where the extensible form has the codec. */
const SUBFORMAT = 24;

/** Codecs by the numbers of Microsoft's `mmreg.h`. */
const CODECS: Readonly<Record<number, string>> = {
  0: "unknown",
  2: "Microsoft ADPCM",
  6: "A-law",
  7: "mu-law",
  17: "IMA ADPCM",
  32: "Yamaha ADPCM",
  49: "GSM 6.10",
  64: "G.721 ADPCM",
  80: "MPEG",
  85: "MP3",
  146: "AC-3",
  255: "AAC",
  353: "Windows Media Audio",
  26447: "Vorbis",
  61868: "FLAC",
};

const WHOLE: Readonly<Record<number, SampleKind>> = {
  1: { read: (view, at) => (view.getUint8(at) - 128) / 128, loudest: 127 / 128 },
  2: { read: (view, at) => view.getInt16(at, true) / 2 ** 15, loudest: 1 - 2 ** -15 },
  3: {
    read: (view, at) => (view.getUint8(at) + 256 * view.getInt16(at + 1, true)) / 2 ** 23,
    loudest: 1 - 2 ** -23,
  },
  4: { read: (view, at) => view.getInt32(at, true) / 2 ** 31, loudest: Math.fround(1 - 2 ** -31) },
};

const FLOATS: Readonly<Record<number, SampleKind>> = {
  4: { read: (view, at) => view.getFloat32(at, true), loudest: 1 },
  8: { read: (view, at) => view.getFloat64(at, true), loudest: 1 },
};

/** How a sample of a format is read; `readFormat` gives no format without one. */
export const kindOf = ({ isFloat, bytes }: WavFormat): SampleKind => (isFloat ? FLOATS : WHOLE)[bytes]!;

/**
 * Reads the chunk `fmt `.
 *
 * @throws VrnnError `data/wav` when it is cut short or contradicts itself; `data/codec` with the name of a codec that is
 * not read
 */
export function readFormat(bytes: Uint8Array, { start, end }: Chunk, file: string): WavFormat {
  if (end - start < SHORTEST) throw noWav(`its format has ${end - start} bytes of ${SHORTEST}`, file);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const tag = view.getUint16(0, true);
  if (tag === EXTENSIBLE && end - start < EXTENDED) throw noWav("its extended format is cut short", file);
  const codec = tag === EXTENSIBLE ? view.getUint16(SUBFORMAT, true) : tag;
  const [channels, rate] = [view.getUint16(2, true), view.getUint32(4, true)];
  const [frame, bits] = [view.getUint16(12, true), view.getUint16(14, true)];
  if (codec !== PCM && codec !== FLOAT) throw unknownCodec(codec, file);
  if (channels === 0) throw noWav("it has no channel", file);
  if (rate === 0) throw noWav("it has a rate of 0 samples a second", file);
  const format: WavFormat = { rate, channels, bytes: Math.ceil(bits / 8), isFloat: codec === FLOAT };
  if (kindOf(format) === undefined)
    throw noWav(`samples of ${bits} bits are not read${format.isFloat ? " as floats" : ""}`, file);
  if (frame !== channels * format.bytes)
    throw noWav(`${channels} samples of ${bits} bits do not take ${frame} bytes`, file);
  return format;
}

function unknownCodec(codec: number, at: string): VrnnError {
  const name = CODECS[codec];
  const told = name === undefined ? `the codec ${codec}` : `the codec ${name} (${codec})`;
  return new VrnnError("data/codec", `its samples are in ${told}, which is not read`, {
    at,
    remedy: "convert it to PCM, as in: ffmpeg -i in.wav -c:a pcm_s16le out.wav",
  });
}
