/** Sound as WAV files. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import { checkRate, checkSamples, type Sound } from "./sound.ts";

const [HEADER_SIZE, SAMPLE_SIZE, FULL_SCALE] = [44, 2, 2 ** 15] as const;

/**
 * Sound as a WAV file of 16-bit PCM. Samples go to the nearest of 65,536 levels; those beyond -1 and 1 are clipped.
 * What `decodeWav` read of such a file is written back to the same bytes.
 *
 * @throws VrnnError `data/sound` when samples are NaN or infinite, channels differ in length or are none, the rate is no
 * whole number, or the sound is longer than the 4 GB of a WAV file
 * @example
 * writeFileSync("tone.wav", encodeWav({ rate: 16_000, channels: [samples] }));
 */
export function encodeWav({ rate, channels }: Sound): Uint8Array {
  checkRate(rate);
  const length = commonLength(channels);
  const frame = channels.length * SAMPLE_SIZE;
  const bytes = new Uint8Array(HEADER_SIZE + length * frame);
  const view = new DataView(bytes.buffer);
  writeHeader(view, rate, channels.length);
  for (const [channel, samples] of channels.entries()) {
    checkSamples(samples, `channel ${channel + 1}`);
    for (let i = 0; i < length; i++) {
      const level = Math.min(Math.max(Math.round(samples[i]! * FULL_SCALE), -FULL_SCALE), FULL_SCALE - 1);
      view.setInt16(HEADER_SIZE + i * frame + channel * SAMPLE_SIZE, level, true);
    }
  }
  return bytes;
}

function writeHeader(view: DataView, rate: number, channels: number): void {
  const letters = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
  };
  const frame = channels * SAMPLE_SIZE;
  letters(0, "RIFF");
  view.setUint32(4, view.byteLength - 8, true);
  letters(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * frame, true);
  view.setUint16(32, frame, true);
  view.setUint16(34, 8 * SAMPLE_SIZE, true);
  letters(36, "data");
  view.setUint32(40, view.byteLength - HEADER_SIZE, true);
}

function commonLength(channels: readonly Float32Array[]): number {
  const length = channels[0]?.length;
  if (length === undefined || channels.length > 0x7fff)
    throw noSound(`${counted(channels.length, "channel")} cannot be written`, "give from 1 to 32767");
  if (channels.some((samples) => samples.length !== length))
    throw noSound("its channels differ in length", "give all channels as many samples");
  if (HEADER_SIZE + length * channels.length * SAMPLE_SIZE > 0xffff_ffff)
    throw noSound(`${length} samples are more than a WAV file can hold`, "write it in parts");
  return length;
}

const noSound = (what: string, remedy: string): VrnnError => new VrnnError("data/sound", what, { remedy });
