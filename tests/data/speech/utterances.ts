/** Speech made up: frames that say which word they are of. */
import { framesOf } from "../../../src/data/audio/frames.ts";
import type { Utterance } from "../../../src/data/speech/speech-dataset.ts";
import { Random } from "../../../src/random/generator.ts";

const WIDTH = 3;

/** An utterance of so many frames, of numbers about its seed. */
export function utterance(name: string, length: number, extra: Partial<Utterance> = {}): Utterance {
  const random = Random.stream(name.length, name);
  return {
    ...{ name, words: ["go"] },
    frames: framesOf(
      Float32Array.from({ length: length * WIDTH }, () => random.normal()),
      WIDTH,
    ),
    ...extra,
  };
}
