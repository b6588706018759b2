/** Recordings made up: words are tones, by which a small model can tell them. */
import { encodeWav } from "../../src/data/audio/wav-encode.ts";
import { Random } from "../../src/random/generator.ts";

/** In Hz. */
const TONES = { low: 300, high: 1500 } as const;
export type ToneWord = keyof typeof TONES;
export const toneWords = Object.keys(TONES) as ToneWord[];

const RATE = 8000;
/** In seconds. */
const [WORD, PAUSE] = [0.25, 0.12];

/** Words one after the other, with pauses around them, as samples. */
export function spokenSamples(words: readonly ToneWord[], seed: number, rate = RATE): Float32Array {
  const random = Random.stream(seed, "tones");
  const [word, pause] = [Math.round(WORD * rate), Math.round(PAUSE * rate)];
  const samples = Float32Array.from(
    { length: words.length * word + (words.length + 1) * pause },
    () => 0.002 * random.normal(),
  );
  words.forEach((each, i) => {
    const hertz = TONES[each] * (1 + 0.05 * random.normal());
    for (let t = 0; t < word; t++)
      samples[pause + i * (word + pause) + t]! += 0.3 * Math.sin((2 * Math.PI * hertz * t) / rate);
  });
  return samples;
}

/** The same as a WAV file. */
export const spokenWav = (words: readonly ToneWord[], seed: number, rate = RATE): Uint8Array =>
  encodeWav({ rate, channels: [spokenSamples(words, seed, rate)] });

/** A folder of recordings with the list of what was said in them; `count` of training and a fourth as many of each other split. */
export function spokenFolder(count: number): Record<string, string | Uint8Array> {
  const random = Random.stream(count, "spoken");
  const files: Record<string, string | Uint8Array> = {};
  const lines = ["path,text,speaker,split"];
  const add = (split: string, many: number) => {
    for (let i = 0; i < many; i++) {
      const words = Array.from({ length: 1 + random.integer(3) }, () => toneWords[random.integer(2)]!);
      const path = `wav/${split}-${i}.wav`;
      files[path] = spokenWav(words, random.integer(1_000_000));
      lines.push(`${path},${words.join(" ")},${split},${split}`);
    }
  };
  add("train", count);
  add("valid", Math.ceil(count / 4));
  add("test", Math.ceil(count / 4));
  return { ...files, "manifest.csv": `${lines.join("\n")}\n` };
}
