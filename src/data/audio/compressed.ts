/** Sound in FLAC, MP3 and Ogg Vorbis files. Their decoders, WebAssembly that runs anywhere, are loaded when such a file is opened. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import { checkSamples, levelNotes, type ReadSound } from "./sound.ts";

/** What a decoder makes of some bytes. */
interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly bitDepth?: number;
  readonly errors: readonly { readonly message: string }[];
}

interface Decoder {
  readonly ready: Promise<void>;
  readonly decode: (bytes: Uint8Array) => Decoded | Promise<Decoded>;
  readonly flush?: () => Promise<Decoded>;
  readonly free: () => void;
}

interface Format {
  /** Whether a file begins as one. */
  readonly isOf: (bytes: Uint8Array) => boolean;
  readonly load: () => Promise<Decoder>;
  /** What the file itself tells to be missing of so many samples. */
  readonly missing: (bytes: Uint8Array, samples: number) => readonly string[];
}

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean =>
  Array.from(text).every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

/** Eleven bits set are where a frame of MPEG audio begins; its layer is not 0 there, as in AAC. */
const isMpegFrame = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0 && (bytes[1]! & 0x06) !== 0;

const FORMATS = {
  FLAC: {
    isOf: (bytes) => startsWith(bytes, "fLaC"),
    load: async () => new (await import("@wasm-audio-decoders/flac")).FLACDecoder(),
    missing: (bytes, samples) => {
      const told = flacSamples(bytes);
      return told > samples
        ? [`it is cut short: its header tells of ${told} samples, it has ${samples}`]
        : [];
    },
  },
  MP3: {
    isOf: (bytes) => startsWith(bytes, "ID3") || isMpegFrame(bytes),
    load: async () => new (await import("mpg123-decoder")).MPEGDecoder(),
    missing: () => [],
  },
  "Ogg Vorbis": {
    isOf: (bytes) => startsWith(bytes, "OggS"),
    load: async () => new (await import("@wasm-audio-decoders/ogg-vorbis")).OggVorbisDecoder(),
    missing: (bytes) => (endsAsOgg(bytes) ? [] : ["it is cut short: its last page is not there"]),
  },
} as const satisfies Record<string, Format>;

export type CompressedFormat = keyof typeof FORMATS;

/** What a file begins as. @example compressedFormat(new TextEncoder().encode("fLaC")) // "FLAC" */
export function compressedFormat(bytes: Uint8Array): CompressedFormat | undefined {
  const names = Object.keys(FORMATS) as CompressedFormat[];
  return names.find((name) => FORMATS[name].isOf(bytes));
}

/** Silence takes next to nothing: a decoder is shown so few bytes at once that what it makes of them fits into memory. */
const PIECE = 1024;
/** A gigabyte: over four hours of one channel at 16 kHz. */
const MOST_SAMPLES = 2 ** 28;
/** The first bytes of an Ogg stream that is no Vorbis, after its page's head of 28 bytes. */
const [OGG_HEAD, OTHER_STREAMS] = [
  28,
  { OpusHead: "Opus", "\x7fFLAC": "FLAC", "Speex   ": "Speex" },
] as const;

/** How much is read. */
export interface CompressedOptions {
  /** Samples of all channels together; more are refused. 2^28 unless told, which take a gigabyte. */
  readonly most?: number;
}

/**
 * Reads a FLAC, MP3 or Ogg Vorbis file; an MP3 file whose channels are the same has one. A file that was cut, or is corrupt
 * in parts, is read as far as it can be, which a note tells.
 *
 * @param file where the bytes come from, for messages.
 * @throws VrnnError `data/codec` for what is none of these, or holds no sound that can be decoded; `data/sound` when it is longer
 * than `most`, or changes its rate or its channels midway
 * @example
 * await decodeCompressed(bytes, "a.flac"); // { rate: 16000, channels: [Float32Array(48000)], notes: [] }
 */
export async function decodeCompressed(
  bytes: Uint8Array,
  file: string,
  { most = MOST_SAMPLES }: CompressedOptions = {},
): Promise<ReadSound> {
  const name = compressedFormat(bytes);
  if (name === undefined) throw undecoded("it begins as none of FLAC, MP3 and Ogg", file);
  if (name === "Ogg Vorbis") refuseOthers(bytes, file);
  const format: Format = FORMATS[name];
  const { parts, errors } = await decodeAll(bytes, format, { file, name, most });
  const [first] = parts;
  if (first === undefined) throw undecoded(`no sound could be decoded of it as ${name}`, file);
  const joined = joinedChannels(parts);
  const channels = name === "MP3" ? withoutTwin(joined) : joined;
  if (name === "FLAC") toSteps(channels, first.bitDepth ?? 16);
  for (const [i, samples] of channels.entries()) {
    checkSamples(samples, `${file}, channel ${i + 1}`);
    clip(samples);
  }
  const damage = errors === 0 ? [] : [`${counted(errors, "part")} of it could not be decoded`];
  const notes = [...format.missing(bytes, channels[0]!.length), ...damage, ...levelNotes(channels)];
  return { rate: first.sampleRate, channels, notes: notes.map((note) => `${file}: ${note}`) };
}

interface Place {
  readonly file: string;
  readonly name: string;
  readonly most: number;
}

interface Parts {
  readonly parts: readonly Decoded[];
  readonly errors: number;
}

async function decodeAll(bytes: Uint8Array, { load }: Format, place: Place): Promise<Parts> {
  const decoder = await load();
  const parts: Decoded[] = [];
  let [errors, samples] = [0, 0];
  const take = (decoded: Decoded | undefined) => {
    errors += decoded?.errors.length ?? 0;
    if (decoded === undefined || decoded.samplesDecoded === 0) return;
    requireSame(decoded, parts[0], place.file);
    samples += decoded.samplesDecoded * decoded.channelData.length;
    if (samples > place.most) throw tooLong(place);
    parts.push(decoded);
  };
  await decoder.ready;
  try {
    for (let at = 0; at < bytes.length; at += PIECE)
      take(await decoder.decode(bytes.subarray(at, at + PIECE)));
    take(await decoder.flush?.());
  } catch (cause) {
    if (cause instanceof VrnnError) throw cause;
    if (parts.length === 0)
      throw undecoded(`no sound could be decoded of it as ${place.name}`, place.file, cause);
    errors += 1;
  } finally {
    free(decoder);
  }
  return { parts, errors };
}

/** A decoder that has failed may fail again here; its memory goes with it then. */
function free(decoder: Decoder): void {
  try {
    decoder.free();
  } catch {}
}

function requireSame(decoded: Decoded, first: Decoded | undefined, at: string): void {
  if (first === undefined) return;
  const { sampleRate, channelData } = decoded;
  if (sampleRate === first.sampleRate && channelData.length === first.channelData.length) return;
  const told = ({ sampleRate: rate, channelData: { length } }: Decoded) =>
    `${counted(length, "channel")} at ${rate} Hz`;
  throw new VrnnError("data/sound", `it changes midway from ${told(first)} to ${told(decoded)}`, {
    at,
    remedy: "write its parts as files of their own",
  });
}

function joinedChannels(parts: readonly Decoded[]): Float32Array[] {
  const length = parts.reduce((sum, { samplesDecoded }) => sum + samplesDecoded, 0);
  return parts[0]!.channelData.map((_, channel) => {
    const samples = new Float32Array(length);
    let at = 0;
    for (const { channelData, samplesDecoded } of parts) {
      samples.set(channelData[channel]!.subarray(0, samplesDecoded), at);
      at += samplesDecoded;
    }
    return samples;
  });
}

/** What is lossy may go a little beyond full scale. */
function clip(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) samples[i] = Math.min(Math.max(samples[i]!, -1), 1);
}

/** The decoder of FLAC divides whole numbers by the largest of them, all other readers by one more. */
function toSteps(channels: readonly Float32Array[], bits: number): void {
  const steps = 2 ** (bits - 1);
  for (const samples of channels)
    for (const [i, sample] of samples.entries()) samples[i] = Math.round(sample * (steps - 1)) / steps;
}

/** The decoder of MP3 gives two channels of one. */
function withoutTwin(channels: Float32Array[]): Float32Array[] {
  const [left, right] = channels;
  const isTwin = channels.length === 2 && left!.every((sample, i) => sample === right![i]);
  return isTwin ? [left!] : channels;
}

/** The total of samples in a FLAC file's first block: the lowest 36 of 64 bits (RFC 9639, §8.2); 0 when it is not known. */
function flacSamples(bytes: Uint8Array): number {
  if (bytes.length < 26) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (bytes[21]! & 0x0f) * 2 ** 32 + view.getUint32(22);
}

/** Whether the last page says that it is (RFC 3533, §6). */
function endsAsOgg(bytes: Uint8Array): boolean {
  let at = bytes.length - 6;
  while (at > 0 && !startsWith(bytes, "OggS", at)) at -= 1;
  return ((bytes[at + 5] ?? 0) & 0x04) !== 0;
}

function refuseOthers(bytes: Uint8Array, at: string): void {
  for (const [start, name] of Object.entries(OTHER_STREAMS))
    if (startsWith(bytes, start, OGG_HEAD))
      throw new VrnnError("data/codec", `it is ${name} in Ogg, which is not read`, {
        at,
        remedy: "convert it to FLAC or WAV",
      });
}

const undecoded = (what: string, at: string, cause?: unknown): VrnnError =>
  new VrnnError("data/codec", what, {
    at,
    remedy: "give WAV, FLAC, MP3 or Ogg Vorbis",
    ...(cause !== undefined && { cause }),
  });

const tooLong = ({ file, most }: Place): VrnnError =>
  new VrnnError("data/sound", `it has more than ${most} samples`, { at: file, remedy: "cut it into parts" });
