/**
 * Commands from recordings of one's own: a folder with short WAV files and a table manifest.csv of what is said in each (here some of one
 * speaker of the Free Spoken Digit Dataset). A model learns them, and hears others while they are spoken.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  knownOfSpeech,
  LiveSound,
  LiveTranscriber,
  type LiveTranscript,
  modelDataOf,
  modelFamilies,
  spelled,
  Trainer,
  trainingOptions,
} from "vrnn";
import { nodeRuntime, readSpeech } from "vrnn/node";

const shared = process.env["VRNN_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const commands = { 0: "zero", 3: "three", 7: "seven", 9: "nine" };
const [speaker, takes, tested] = ["jackson", 40, 5];

/** A recording of each command and take. */
const recordings = Object.entries(commands).flatMap(([digit, text]) =>
  Array.from({ length: takes }, (_, take) => ({
    path: `recordings/${digit}_${speaker}_${take}.wav`,
    text,
    take,
  })),
);
mkdirSync("commands", { recursive: true });
const archive = join(shared, "speech/fsdd_recordings.tar.gz");
execFileSync("tar", ["xzf", archive, "-C", "commands", "--wildcards", ...recordings.map(({ path }) => path)]);
const splitOf = (take: number) => (take < tested ? "test" : take < 2 * tested ? "valid" : "train");
const rows = recordings.map(({ path, text, take }) => `${path},${text},${speaker},${splitOf(take)}`);
writeFileSync("commands/manifest.csv", ["path,text,speaker,split", ...rows].join("\n"));
// How words are said: without phones, by their letters. What is no command is never heard.
const dictionary = spelled(Object.values(commands)).map(({ word, units }) => `${word} ${units.join(" ")}`);
writeFileSync("commands/commands.dic", dictionary.join("\n"));

const data = await readSpeech("commands", {});
const { recognise } = modelFamilies;
const model = recognise.build(modelDataOf(data.fields), {
  hidden: 24,
  latent: 4,
  encoder: 64,
  encoderLayers: 1,
});
const options = trainingOptions.parse({
  ...recognise.usual?.training,
  ...{ epochs: 30, batchSize: 8, learningRate: 5e-3, warmupSteps: 20, window: 256, shards: 1 },
});
const runtime = nodeRuntime();
const trainer = await Trainer.create({ model, data, options, runtime });
for await (const _ of trainer.fit()) {
  // What happens is told in the first example.
}
const weights = trainer.bestWeights;
await trainer.dispose();

const known = knownOfSpeech(data.modality);
const live = await LiveTranscriber.open({
  ...{ runtime, model, weights, fields: data.fields, known },
  decoding: { letters: false, weight: 0, bonus: 0, width: 16, order: 2 },
});

/** Hears a recording as it would come from a microphone, 30 ms at a time. */
async function* heard(path: string): AsyncGenerator<LiveTranscript> {
  const bytes = readFileSync(join("commands", path));
  const sound = new LiveSound({ rate: live.rate!, wanted: live.rate! });
  const piece = 0.03 * live.rate! * 2; // of 16 bits
  for (let at = 0; at < bytes.length; at += piece)
    yield* await live.push(sound.push(bytes.subarray(at, at + piece)));
  yield* await live.push(sound.end());
  yield* await live.finish();
}
const textOf = ({ words }: LiveTranscript): string => words.map(({ word }) => word).join(" ");

const others = recordings.filter(({ take }) => take < tested);
const shown = others.find(({ text }) => text === "seven")!;
console.log(`${shown.path}, while it is spoken:`);
for await (const told of heard(shown.path))
  if (told.type === "partial") console.log(`  after ${told.heard.toFixed(2)} s: ${textOf(told)}`);
  else console.log(`heard: ${textOf(told)}, ${Math.round(100 * told.words[0]!.confidence)} % sure`);

let right = 0;
for (const { path, text } of others) {
  const all: string[] = [];
  for await (const told of heard(path)) if (told.type === "final") all.push(textOf(told));
  if (all.join(" ") === text) right += 1;
}
console.log(`of ${others.length} unheard commands right: ${right}`);
await live.close();
