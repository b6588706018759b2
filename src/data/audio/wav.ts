/** Sound from WAV files. */
import { counted } from "../../words/figures.ts";
import { type Chunk, isChunkAt, noWav, riffChunks } from "./riff.ts";
import { checkSamples, levelNotes, type ReadSound } from "./sound.ts";
import { kindOf, readFormat, type WavFormat } from "./wav-format.ts";

/** Sizes from here on are what programs write that do not know how long a stream will be. */
export const UNKNOWN_SIZE = 0x7fff_f000;

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits and floats of 32 or 64, of any rate and any number of channels, its chunks
 * in any order. Whole numbers are divided by the absolute value of the least one; floats beyond 1 are clipped. A file that
 * was cut, or whose writer did not know its length, is read as far as it goes, which a note tells.
 *
 * @param file where the bytes come from, for messages.
 * @throws VrnnError `data/wav` for what is no WAV file, `data/codec` for compressed samples, `data/sound` for samples that
 * are NaN or infinite
 * @example
 * decodeWav(bytes, "a.wav"); // { rate: 8000, channels: [Float32Array(2384)], notes: [] }
 */
export function decodeWav(bytes: Uint8Array, file: string): ReadSound {
  const chunks = riffChunks(bytes, file);
  const [format, data] = [chunks.find(({ id }) => id === "fmt "), chunks.find(({ id }) => id === "data")];
  if (format === undefined) throw noWav("it does not tell the format of its samples", file);
  if (data === undefined) throw noWav("it has no data", file);
  const layout = readFormat(bytes, format, file);
  const extent = extentOf(bytes, data, layout);
  const { channels, beyond } = readSamples(bytes.subarray(data.start, extent.end), layout, file);
  const notes = [...extent.notes, ...beyond, ...levelNotes(channels, kindOf(layout).loudest)];
  return { rate: layout.rate, channels, notes: notes.map((note) => `${file}: ${note}`) };
}

interface Extent {
  readonly end: number;
  readonly notes: readonly string[];
}

/** Where the samples end, and what is odd about that. */
function extentOf(bytes: Uint8Array, data: Chunk, { channels, bytes: size }: WavFormat): Extent {
  const isOpen = data.claimed === 0 && data.start < bytes.length && !isChunkAt(bytes, data.start);
  const end = isOpen ? bytes.length : data.end;
  const frame = channels * size;
  const present = Math.floor((end - data.start) / frame);
  if (isOpen || (data.claimed >= UNKNOWN_SIZE && data.claimed > end - data.start))
    return { end, notes: ["its header does not tell its length: it is read to the end of the file"] };
  if (data.claimed > end - data.start) {
    const told = counted(Math.floor(data.claimed / frame), "sample");
    return { end, notes: [`it is cut short: its header tells of ${told}, it has ${present}`] };
  }
  const rest = (end - data.start) % frame;
  return { end, notes: rest > 0 ? [`${counted(rest, "byte")} after the last sample are left out`] : [] };
}

function readSamples(
  data: Uint8Array,
  format: WavFormat,
  file: string,
): { readonly channels: Float32Array[]; readonly beyond: readonly string[] } {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const frame = format.channels * format.bytes;
  const length = Math.floor(data.length / frame);
  const { read } = kindOf(format);
  const channels = Array.from({ length: format.channels }, (_, channel) => {
    const samples = new Float32Array(length);
    for (let i = 0; i < length; i++) samples[i] = read(view, i * frame + channel * format.bytes);
    return samples;
  });
  if (!format.isFloat) return { channels, beyond: [] };
  for (const [i, samples] of channels.entries()) checkSamples(samples, `${file}, channel ${i + 1}`);
  return { channels, beyond: clip(channels) };
}

/** Brings floats into the range from -1 to 1, in place; the notes to tell of it. */
function clip(channels: readonly Float32Array[]): string[] {
  let beyond = 0;
  for (const samples of channels)
    for (const [i, sample] of samples.entries()) {
      if (Math.abs(sample) <= 1) continue;
      beyond += 1;
      samples[i] = Math.sign(sample);
    }
  return beyond === 0 ? [] : [`${counted(beyond, "sample")} beyond full scale are clipped to -1 and 1`];
}
