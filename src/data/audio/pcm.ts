/** Samples of a stream of bytes: PCM as it comes from a recorder, or a WAV file from its header on. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import { chunkAt } from "./riff.ts";
import { checkRate } from "./sound.ts";
import { UNKNOWN_SIZE } from "./wav.ts";
import { kindOf, readFormat, type WavFormat } from "./wav-format.ts";

/** How samples without a header are written, by the names of ffmpeg. */
export const pcmEncodings = {
  s16le: { bytes: 2, isFloat: false },
  f32le: { bytes: 4, isFloat: true },
} as const satisfies Record<string, Pick<WavFormat, "bytes" | "isFloat">>;

/** How samples without a header are written: whole numbers of 16 bits, or floats of 32, the lowest byte first. */
export type PcmEncoding = keyof typeof pcmEncodings;

/** What bytes without a header are taken for. */
export interface PcmOptions {
  /** Samples a second. */
  readonly rate: number;
  /** One channel of 16-bit whole numbers, `s16le`, unless told. */
  readonly encoding?: PcmEncoding;
  /** Where they come from, for messages; `stdin` unless told. */
  readonly at?: string;
  /** Whether a WAV header has to come; else it may. */
  readonly isWav?: boolean;
}

/** A RIFF header: four letters, a size, four letters; and a chunk's head. */
const [HEADER, CHUNK_HEAD] = [12, 8] as const;
/** Chunks before the samples are no longer than this together: beyond, it is no header. */
const LONGEST_HEADER = 2 ** 20;

/** What begins like this is no PCM: a recorder begins quietly, so that these few samples are not among its first. */
const OTHERS: Readonly<Record<string, string>> = {
  fLaC: "FLAC",
  OggS: "Ogg",
  ID3: "MP3",
  ...{ "\xff\xfb": "MP3", "\xff\xfa": "MP3", "\xff\xf3": "MP3", "\xff\xf2": "MP3" },
  FORM: "AIFF",
  RF64: "RF64",
  RIFX: "RIFX",
  "\x89PNG": "PNG",
  "\xff\xd8\xff": "JPEG",
};

/**
 * Samples out of bytes that come in pieces of any sizes, the mean of all channels. A WAV header at the beginning tells how they are
 * written; else they are what they were said to be. Samples that are NaN or infinite count as 0, those beyond -1 and 1 are clipped: `notes`
 * tell of the first.
 *
 * @example
 * const reader = new PcmReader({ rate: 16_000 });
 * for await (const bytes of process.stdin) hear(reader.push(bytes)); // Float32Array, from -1 to 1
 * reader.end();
 */
export class PcmReader {
  private readonly at: string;
  private readonly isWav: boolean;
  private head: Uint8Array = new Uint8Array();
  private isOpen = true;
  private format: WavFormat;
  /** Bytes of the samples that are still to come, by a header. */
  private left = Number.POSITIVE_INFINITY;
  /** The first bytes behind these. */
  private behind: Uint8Array = new Uint8Array();
  private rest: Uint8Array = new Uint8Array();
  private told: string[] = [];
  private samples = 0;
  private unsound = 0;
  private beyond = 0;

  /** @throws VrnnError `data/sound` for a rate that is no whole number above 0 */
  constructor({ rate, encoding = "s16le", at = "stdin", isWav = false }: PcmOptions) {
    checkRate(rate);
    this.format = { rate, channels: 1, ...pcmEncodings[encoding] };
    this.at = at;
    this.isWav = isWav;
  }

  /** Samples a second; undefined until enough came to tell whether there is a header. */
  get rate(): number | undefined {
    return this.isOpen ? undefined : this.format.rate;
  }

  /** What the loudest sample is. */
  get loudest(): number {
    return kindOf(this.format).loudest;
  }

  /** What is to be told since it was asked for last. */
  notes(): string[] {
    const notes = this.told;
    this.told = [];
    return notes;
  }

  /** @throws VrnnError `data/wav`, `data/codec` for a header that cannot be read, `data/sound` for files of other formats */
  push(bytes: Uint8Array): Float32Array {
    if (!this.isOpen) return this.read(bytes);
    this.head = concatenated(this.head, bytes);
    const start = this.begun();
    if (start === undefined) return new Float32Array();
    const { head } = this;
    [this.isOpen, this.head] = [false, new Uint8Array()];
    return this.read(head.subarray(start));
  }

  /** What is left when no byte will come any more. @throws VrnnError as `push`, for a header that is cut short */
  end(): Float32Array {
    if (this.isOpen && isWave(this.head)) throw this.cutShort();
    const { head } = this;
    [this.isOpen, this.head] = [false, new Uint8Array()];
    const samples = this.read(head);
    if (this.left > 0 && Number.isFinite(this.left))
      this.told.push(`it is cut short: its header tells of ${counted(this.left, "byte")} more`);
    if (isWave(this.behind)) this.told.push("another WAV file behind it is not heard");
    if (this.rest.length > 0)
      this.told.push(`${counted(this.rest.length, "byte")} after the last whole sample left out`);
    if (this.unsound > 1)
      this.told.push(`${counted(this.unsound, "sample")} were NaN or infinite, and count as 0`);
    if (this.beyond > 1)
      this.told.push(`${counted(this.beyond, "sample")} beyond full scale were clipped to -1 and 1`);
    return samples;
  }

  /** Where the samples begin; undefined while that cannot be told. */
  private begun(): number | undefined {
    const { head } = this;
    if (head.length < HEADER) return undefined;
    if (isWave(head)) return this.behindHeader();
    const other = Object.entries(OTHERS).find(([start]) => lettersOf(head, 0).startsWith(start));
    if (other !== undefined || this.isWav)
      throw new VrnnError(
        "data/sound",
        `this is ${other?.[1] ?? "no WAV file"}, and no samples as they are`,
        {
          at: this.at,
          remedy: "ffmpeg -i FILE -f wav - | vrnn transcribe RUN --stream",
        },
      );
    return 0;
  }

  private behindHeader(): number | undefined {
    const { head } = this;
    for (let at = HEADER, isTold = false; at + CHUNK_HEAD <= head.length; ) {
      const chunk = chunkAt(head, at);
      if (chunk.id === "fmt ") {
        if (chunk.end < chunk.start + chunk.claimed) break;
        this.format = readFormat(head, chunk, this.at);
        isTold = true;
      }
      if (chunk.id === "data") {
        if (!isTold) throw this.cutShort();
        // A recorder that does not know how long it will go on writes 0, or as much as fits.
        const isKnown = chunk.claimed > 0 && chunk.claimed < UNKNOWN_SIZE;
        if (isKnown) this.left = chunk.claimed;
        return chunk.start;
      }
      at = chunk.start + chunk.claimed + (chunk.claimed % 2);
      if (at > LONGEST_HEADER) throw this.cutShort();
    }
    return undefined;
  }

  private cutShort(): VrnnError {
    return new VrnnError("data/wav", "no WAV file: it does not tell the format of its samples", {
      at: this.at,
      remedy: "give WAV of whole numbers or floats, or samples alone",
    });
  }

  private read(piece: Uint8Array): Float32Array {
    const told = piece.subarray(0, Math.min(piece.length, this.left));
    this.left -= told.length;
    const missing = HEADER - this.behind.length;
    if (told.length < piece.length && missing > 0)
      this.behind = concatenated(this.behind, piece.slice(told.length, told.length + missing));
    const bytes = concatenated(this.rest, told);
    const { channels, bytes: size } = this.format;
    const { read } = kindOf(this.format);
    const samples = new Float32Array(Math.floor(bytes.length / (size * channels)));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < samples.length; i++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += this.sound(read(view, (i * channels + c) * size), i);
      samples[i] = sum / channels;
    }
    this.rest = bytes.slice(samples.length * size * channels);
    this.samples += samples.length;
    return samples;
  }

  /** A sample that can be heard. */
  private sound(sample: number, i: number): number {
    if (!Number.isFinite(sample)) {
      if (this.unsound++ === 0)
        this.told.push(`sample ${this.samples + i + 1} is ${sample}: such samples count as 0`);
      return 0;
    }
    if (Math.abs(sample) <= 1) return sample;
    if (this.beyond++ === 0)
      this.told.push(`sample ${this.samples + i + 1} is ${sample}: beyond full scale, samples are clipped`);
    return Math.sign(sample);
  }
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

const isWave = (bytes: Uint8Array): boolean =>
  lettersOf(bytes, 0) === "RIFF" && lettersOf(bytes, 8) === "WAVE";

const lettersOf = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + 4));
