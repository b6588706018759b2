/** One channel out of several. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import type { Sound } from "./sound.ts";

/**
 * The mean of all channels, or one of them.
 *
 * @param channel which one, counted from 1; the mean of all unless told
 * @returns `[N]`, from -1 to 1; of a single channel the same memory
 * @throws VrnnError `data/channel` when there is no such channel
 * @example
 * oneChannel({ rate: 8000, channels: [Float32Array.of(1, 0), Float32Array.of(0, 0)] }); // Float32Array [0.5, 0]
 */
export function oneChannel({ channels }: Sound, channel?: number, at?: string): Float32Array {
  const chosen = channels[(channel ?? 1) - 1];
  if (chosen === undefined)
    throw new VrnnError("data/channel", `there is no channel ${channel ?? 1}`, {
      ...(at !== undefined && { at }),
      remedy: `it has ${counted(channels.length, "channel")}, counted from 1`,
    });
  return channel === undefined && channels.length > 1 ? meanOf(channels) : chosen;
}

function meanOf(channels: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(channels[0]!.length);
  for (let i = 0; i < mean.length; i++) {
    let sum = 0;
    for (const samples of channels) sum += samples[i]!;
    mean[i] = sum / channels.length;
  }
  return mean;
}
