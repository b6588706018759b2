/** Words that are tones: speech that a small model learns in seconds. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeWav } from "../src/data/audio/wav-encode.ts";
import { Random } from "../src/random/generator.ts";

/** Samples a second. */
export const TONE_RATE = 8000;

/** The frequencies of each word, one after the other, in Hz. */
const WORDS: Readonly<Record<string, readonly number[]>> = {
  go: [400, 900],
  stop: [1600, 700],
  left: [2400, 2400],
};
const names = Object.keys(WORDS);

const seconds = (length: number): number => Math.round(length * TONE_RATE);

/** Words with pauses before, between and after them, over a little noise. @param pause seconds @returns `[N]` */
export function spokenTones(words: readonly string[], random: Random, pause = 0.25): Float32Array {
  const pieces: number[] = [];
  const silence = () => {
    const length = seconds(pause * (0.8 + 0.4 * random.uniform()));
    for (let i = 0; i < length; i++) pieces.push(0);
  };
  silence();
  for (const word of words) {
    for (const frequency of WORDS[word]!) {
      const [length, pitch] = [seconds(0.1 + 0.03 * random.uniform()), 0.97 + 0.06 * random.uniform()];
      for (let i = 0; i < length; i++)
        pieces.push(
          0.3 *
            Math.sin((2 * Math.PI * pitch * frequency * i) / TONE_RATE) *
            Math.sin((Math.PI * i) / length),
        );
    }
    silence();
  }
  return Float32Array.from(pieces, (sample) => sample + 0.002 * random.normal());
}

/** Some words, one to three. */
export const someWords = (random: Random): string[] =>
  Array.from({ length: 1 + random.integer(3) }, () => names[random.integer(names.length)]!);

/** A folder of recordings with their table, and a dictionary of a sound for each tone. */
export function writeTones(folder: string, counts = { train: 120, valid: 12, test: 12 }): void {
  mkdirSync(folder, { recursive: true });
  const random = Random.stream(1, "tones");
  const rows = Object.entries(counts).flatMap(([split, count]) =>
    Array.from({ length: count }, (_, i) => {
      const words = someWords(random);
      const name = `${split}${i}.wav`;
      writeFileSync(
        join(folder, name),
        encodeWav({ rate: TONE_RATE, channels: [spokenTones(words, random)] }),
      );
      return `${name},${words.join(" ")},me,${split}`;
    }),
  );
  writeFileSync(join(folder, "words.dic"), "go G O\nstop S T\nleft L\n");
  writeFileSync(join(folder, "manifest.csv"), ["path,text,speaker,split", ...rows, ""].join("\n"));
}

/** What teaches a small model such words, at the command line. */
export const toneTraining = [
  ...["--model", "recognise", "--hidden", "16", "--latent", "4", "--encoder", "32", "--encoder-layers", "1"],
  ...["--epochs", "14", "--learning-rate", "0.01", "--seed", "1"],
];
