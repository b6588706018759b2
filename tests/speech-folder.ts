/** Speech that nobody said: words as chirps, speakers by their pitch. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeWav } from "../src/data/audio/wav-encode.ts";
import { Random } from "../src/random/generator.ts";

export const RATE = 8000;
const WORDS: Readonly<Record<string, number>> = { up: 2, down: 0.5 };
const SPEAKERS: Readonly<Record<string, number>> = { ann: 300, bob: 500 };

/** A word as somebody says it: a tone that rises or falls by an octave. `[N]` */
export function chirp(word: string, speaker: string, random: Random): Float32Array {
  const length = 2000 + 80 * random.integer(10);
  const [from, factor] = [SPEAKERS[speaker]!, WORDS[word]!];
  let phase = 0;
  return Float32Array.from({ length }, (_, i) => {
    phase += (2 * Math.PI * from * factor ** (i / length)) / RATE;
    return 0.3 * Math.sin(phase) + 0.001 * random.normal();
  });
}

/** A folder with so many takes of each word by each speaker: the first tests, the second validates. */
export function speechFolder(root: string, takes: number): string {
  const random = Random.stream(1, "chirps");
  mkdirSync(join(root, "wav"), { recursive: true });
  const rows = Object.keys(WORDS).flatMap((word) =>
    Object.keys(SPEAKERS).flatMap((speaker) =>
      Array.from({ length: takes }, (_, take) => {
        const path = `wav/${word}_${speaker}_${take}.wav`;
        writeFileSync(join(root, path), encodeWav({ rate: RATE, channels: [chirp(word, speaker, random)] }));
        return [path, word, speaker, ["test", "valid"][take] ?? "train"].join(",");
      }),
    ),
  );
  writeFileSync(join(root, "manifest.csv"), `${["path,text,speaker,split", ...rows].join("\n")}\n`);
  return root;
}
