/** Music: learns a progression of chords from piano rolls, plays on by itself, and writes a MIDI file. */
import { readFileSync, writeFileSync } from "node:fs";
import { datasetFromArrays, midiBytes, parseMidiRoll, sampleSequences } from "vrnn";
import { trained } from "./shared.ts";

// C, A minor, F and G, four steps each; every piece begins somewhere else.
const chords = ["60 64 67", "57 60 64", "53 57 60", "55 59 62"].map((chord) => chord.split(" "));
const keys = [...new Set(chords.flat())];
const pieces = Array.from({ length: 16 }, (_, piece) => {
  const steps = Array.from({ length: 64 }, (_, t) => chords[((t + piece) >> 2) % 4]!);
  return Object.fromEntries(keys.map((key) => [key, steps.map((chord) => Number(chord.includes(key)))]));
});
const data = datasetFromArrays(pieces, { kinds: Object.fromEntries(keys.map((key) => [key, "binary"])) });
const model = await trained(data, { epochs: 100 });

const [music] = await sampleSequences({ ...model, count: 1, steps: 48, temperature: 0.5 });
writeFileSync("music.mid", midiBytes(data.columns, music!, { grid: 4, tempo: 100 }));

const { steps } = parseMidiRoll(readFileSync("music.mid"), "music.mid", "music"); // as any player reads it
const named = steps.map(
  (pitches) => "CAFG"[chords.findIndex((chord) => chord.join() === pitches.join())] ?? "?",
);
console.log(named.join(""));
console.log(
  `${named.filter((name) => name !== "?").length} of ${steps.length} steps are chords of the pieces`,
);
console.log("written to music.mid");
