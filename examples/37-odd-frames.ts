/**
 * Odd frames: a bar goes on by a column a frame, either way. In other clips it stands still once, which a model of what comes next finds odd,
 * and where. Beside it: the difference to the last frame, which is never as small as then.
 */
import {
  type Fields,
  FrameVrnn,
  frameMaps,
  memorySource,
  Random,
  Trainer,
  trainingOptions,
  worstPatch,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";

const [side, steps] = [8, 8];
const pixels = side * side;
const fields: Fields = {
  x: { kind: "frames", role: "target", axis: "T", shape: [side, side], storage: "uint8", range: [0, 1] },
};

/** A clip, and the column of the bar in each frame; it stands still in that frame, if any. */
function barClip(random: Random, still?: number) {
  const by = random.integer(2) === 0 ? 1 : side - 1;
  let column = random.integer(side);
  const columns = Array.from({ length: steps }, (_, t) => {
    if (t > 0 && t !== still) column = (column + by) % side;
    return column;
  });
  const x = Uint8Array.from({ length: steps * pixels }, (_, i) =>
    i % side === columns[Math.floor(i / pixels)] ? 1 : 0,
  );
  return { x, columns };
}
const clipsOf = (
  name: string,
  count: number,
  stillAt: (i: number) => number | undefined = () => undefined,
) => {
  const random = Random.stream(1, "bars", name);
  return Array.from({ length: count }, (_, i) => ({ ...barClip(random, stillAt(i)), still: stillAt(i) }));
};
const sourceOf = (clips: readonly { readonly x: Uint8Array }[]) =>
  memorySource(
    clips.map(({ x }, i) => ({ name: `clip ${i + 1}`, length: steps, values: { x } })),
    fields,
  );

const runtime = nodeRuntime();
const [train, valid, clean] = [clipsOf("train", 60), clipsOf("valid", 10), clipsOf("test", 10)].map(sourceOf);
const splits = { train: train!, valid: valid!, test: clean! };
const data = { modality: { name: "images" as const }, fields, splits, notes: [] };
const model = new FrameVrnn({ shape: [side, side], hidden: 24, latent: 2, channels: 4 });
const options = trainingOptions.parse({ epochs: 100, batchSize: 10, learningRate: 0.01, shards: 1 });
const trainer = await Trainer.create({ model, data, options, runtime });
for await (const _ of trainer.fit()) {
  // What happens is told in the first example.
}
const weights = trainer.bestWeights;
await trainer.dispose();

/** How odd the oddest square of each frame is, and where it begins; of the second frame on, as no other tells the first. */
const settings = { runtime, model, weights, fields, seed: 1, measure: "surprise" as const };
async function oddestPatches(source: typeof clean & {}) {
  const found = Array.from(
    { length: (await source.index()).length },
    () => [] as ReturnType<typeof worstPatch>[],
  );
  for await (const { i, t, map } of frameMaps({ ...settings, source }))
    found[i]![t] = worstPatch(map, side, 2);
  return found;
}
const oddest = (values: readonly number[]): number => {
  const told = values.slice(2); // two frames tell which way a bar goes
  return 2 + told.indexOf(Math.max(...told));
};

const usual = (await oddestPatches(clean!)).flatMap((clip) => clip.slice(2).map(({ value }) => value));
console.log(`clean frames: at most ${Math.max(...usual).toFixed(1)} nats a pixel in the oddest square`);

const odd = clipsOf("odd", 20, (i) => 3 + (i % (steps - 3)));
const patches = await oddestPatches(sourceOf(odd));
const [first, shown] = [odd[0]!, patches[0]!];
const { value, x } = shown[first.still!]!;
console.log(
  `frame ${first.still! + 1}, which stands still: ${value.toFixed(1)} nats, at column ${x + 1} (the bar is in ${first.columns[first.still!]! + 1})`,
);

/** Squared differences to the last frame. */
const changes = ({ x: clip }: (typeof odd)[number]): number[] =>
  Array.from({ length: steps }, (_, t) =>
    clip
      .subarray(t * pixels, (t + 1) * pixels)
      .reduce((sum, own, i) => sum + (t === 0 ? 0 : (own - clip[(t - 1) * pixels + i]!) ** 2), 0),
  );
const right = (told: readonly number[]) => told.filter((t, i) => t === odd[i]!.still).length;
console.log(
  `found by the model: ${right(patches.map((clip) => oddest(clip.map((patch) => patch.value))))} of ${odd.length}`,
);
console.log(
  `by the difference to the last frame: ${right(odd.map((clip) => oddest(changes(clip))))} of ${odd.length}`,
);
