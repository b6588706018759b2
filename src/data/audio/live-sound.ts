/** Sound that goes on, as it comes from a recorder: bytes to samples of the rate that a model hears. */
import { type PcmOptions, PcmReader } from "./pcm.ts";
import { Resampler } from "./resample.ts";
import { LevelWatch } from "./sound.ts";
import { joined } from "./stages.ts";

/** What comes, and what is wanted of it. */
export interface LiveSoundOptions extends PcmOptions {
  /** Samples a second that are wanted. */
  readonly wanted: number;
}

/**
 * Bytes of PCM or of a WAV file, at any rate, as samples of one rate; it tells once what is wrong with them. Its memory does not grow.
 *
 * @example
 * const sound = new LiveSound({ rate: 48_000, wanted: 16_000 });
 * for await (const bytes of process.stdin) {
 *   hear(sound.push(bytes)); // Float32Array at 16 kHz
 *   sound.notes(); // ["48000 samples a second are brought to the 16000 that the run hears"]
 * }
 * hear(sound.end());
 */
export class LiveSound {
  private readonly reader: PcmReader;
  private readonly options: LiveSoundOptions;
  private heard: { readonly resampler: Resampler; readonly watch: LevelWatch } | undefined;
  private told: string[] = [];
  private all = 0;

  /** @throws VrnnError `data/sound` for rates that are no whole numbers above 0 */
  constructor(options: LiveSoundOptions) {
    this.options = options;
    this.reader = new PcmReader(options);
  }

  /** Samples a second that come; undefined until that can be told. */
  get rate(): number | undefined {
    return this.reader.rate;
  }

  /** Seconds that came by now. */
  get seconds(): number {
    return this.all / (this.rate ?? this.options.rate);
  }

  /** @throws VrnnError as `PcmReader.push` */
  push(bytes: Uint8Array): Float32Array {
    return this.brought(this.reader.push(bytes));
  }

  /** What is left when no byte will come any more. @throws VrnnError as `PcmReader.end` */
  end(): Float32Array {
    const last = this.brought(this.reader.end());
    const { resampler, watch } = this.begun();
    this.told.push(...watch.end());
    return joined(last, resampler.end());
  }

  /** What is to be told since it was asked for last. */
  notes(): string[] {
    const notes = [...this.reader.notes(), ...this.told];
    this.told = [];
    return notes;
  }

  private brought(samples: Float32Array): Float32Array {
    if (samples.length === 0) return samples;
    const { resampler, watch } = this.begun();
    this.all += samples.length;
    this.told.push(...watch.push(samples));
    return resampler.push(samples);
  }

  private begun() {
    if (this.heard !== undefined) return this.heard;
    const { wanted, rate: said } = this.options;
    const rate = this.rate ?? said;
    if (rate !== wanted)
      this.told.push(
        `${rate} samples a second are brought to the ${wanted} that the run hears${rate < wanted ? `; nothing above ${rate / 2} Hz is there to hear` : ""}`,
      );
    this.heard = { resampler: new Resampler(rate, wanted), watch: new LevelWatch(rate, this.reader.loudest) };
    return this.heard;
  }
}
