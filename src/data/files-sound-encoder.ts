/** Encoders of sound that somebody brings: a file of ONNX that is run as it is and not trained. */
import { type Frames, framesOf } from "./audio/frames.ts";
import { unreadWords } from "./encoders.ts";
import { type EncoderFile, fileWords, openedEncoder, ToldRoom, toldBy } from "./files-encoder.ts";
import type { Hears } from "./speech/ears.ts";
import type { SoundEncoderKnowledge } from "./speech/encoder-knowledge.ts";
import {
  fedSamples,
  frameRateOf,
  type SoundPorts,
  soundPortsOf,
  toldFrames,
} from "./speech/encoder-ports.ts";

/** Samples a second that encoders of speech are given: wav2vec 2.0 and its kin are trained on so many. */
const RATE = 16_000;
/** Seconds by which it is found how many frames it tells. */
const MEASURED = [1, 5] as const;

/**
 * An encoder of sound, ready to hear some.
 *
 * @example
 * const encoder = await SoundEncoder.open("wav2vec2.onnx");
 * encoder.frameRate; // 50
 * await encoder.frames(samples, "seven.wav"); // { width: 768, length: 21, values }: of 6880 samples
 */
export class SoundEncoder implements Hears {
  readonly rate = RATE;
  readonly frameRate: number;
  private readonly file: EncoderFile;
  private readonly ports: SoundPorts;
  private readonly room: ToldRoom;

  private constructor(file: EncoderFile, ports: SoundPorts, frameRate: number) {
    this.file = file;
    this.ports = ports;
    this.frameRate = frameRate;
    this.room = new ToldRoom(file.path, {
      each: "a frame, of all recordings",
      smaller: "give it less speech",
      finite: "bring one that bears digital silence, such as by the logarithm of what is a little more",
    });
  }

  /**
   * @param known the one that a run was trained with: any other is refused
   * @throws VrnnError `data/encoder` for what hears no samples, and as `openedEncoder`
   */
  static open(path: string, known?: SoundEncoderKnowledge): Promise<SoundEncoder> {
    return openedEncoder(
      path,
      SoundEncoder.of,
      known && { what: "encoder", sha256: known.sha256, command: "vrnn transcribe RUN" },
    );
  }

  private static async of(file: EncoderFile): Promise<SoundEncoder> {
    const ports = soundPortsOf(file.network.inputs, file.network.outputs, file.path);
    const heard = (seconds: number) =>
      heardBy(file, ports, new Float32Array(seconds * RATE), `${seconds} s of silence`);
    const [short, long] = MEASURED;
    const told = [await heard(short), await heard(long)] as const;
    return new SoundEncoder(file, ports, frameRateOf(told, MEASURED, file.path));
  }

  async frames(samples: Float32Array, at: string): Promise<Frames> {
    if (samples.length === 0) return framesOf(samples, 1);
    return this.room.taken(await heardBy(this.file, this.ports, samples, at), at);
  }

  /** What a run keeps of it. */
  get knowledge(): SoundEncoderKnowledge {
    const { input, output } = this.ports;
    return { sha256: this.file.sha256, input, output, rate: RATE };
  }

  notes(): string[] {
    const { input, output, others } = this.ports;
    return [
      `speech is heard by ${fileWords(this.file)}`,
      `its input ${input} is given samples from −1 to 1, ${RATE} a second, its output ${output} tells ${this.frameRate} frames a second${unreadWords(others)}`,
    ];
  }

  dispose(): Promise<void> {
    return this.file.network.dispose();
  }
}

/** What an encoder tells of a recording. @param at the recording, for messages */
async function heardBy(
  file: EncoderFile,
  ports: SoundPorts,
  samples: Float32Array,
  at: string,
): Promise<Frames> {
  const told = await toldBy(file, { [ports.input]: fedSamples(samples, ports) }, ports.output, {
    what: `${at}, ${samples.length} samples`,
    remedy: "leave out recordings that are too short for it, or bring one that reads any length",
  });
  return toldFrames(told, file.path);
}
