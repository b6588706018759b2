/**
 * Futures of walkers: some walk in an arc to the left or to the right, others straight on, and turn to one side, nobody knows which. A model of
 * tracks draws twenty futures of each. Beside it: going on as before, and that with a direction and a speed drawn around it.
 */
import {
  bestErrors,
  constantVelocity,
  drawnFutures,
  meanErrors,
  meanFuture,
  modelDataOf,
  modelFamilies,
  motionDataset,
  type Point,
  pathAhead,
  Random,
  type Scene,
  strayingVelocity,
  Trainer,
  trainingOptions,
  windowsOf,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";

const size = { observed: 8, ahead: 12 };
const moments = size.observed + size.ahead;
const count = 20;

/** The places of a walker, in metres. */
function walk(random: Random): Point[] {
  const arc = [-0.12, 0, 0.12][random.integer(3)]!;
  const turn = random.integer(2) === 0 ? 1 : -1;
  const speed = 0.4 + 0.2 * random.uniform();
  let [x, y, angle] = [20 * random.uniform(), 20 * random.uniform(), 2 * Math.PI * random.uniform()];
  return Array.from({ length: moments }, (_, t): Point => {
    angle += arc === 0 && t === size.observed + 2 ? turn : arc;
    x += speed * Math.cos(angle) + 0.01 * random.normal();
    y += speed * Math.sin(angle) + 0.01 * random.normal();
    return [x, y];
  });
}

/** Walkers who are there at the same time. */
function sceneOf(name: "train" | "valid" | "test", walkers: number): Scene {
  const random = Random.stream(1, "walkers", name);
  const walks = Array.from({ length: walkers }, () => walk(random));
  const places = Array.from(
    { length: moments },
    (_, t) => new Map(walks.map((own, i) => [`walker ${i + 1}`, own[t]!])),
  );
  return { name, split: name, moments: Float64Array.from({ length: moments }, (_, t) => t), places };
}
const test = sceneOf("test", 60);
const data = motionDataset([sceneOf("train", 300), sceneOf("valid", 40), test], "walkers", { size });

const family = modelFamilies.trajectory;
const model = family.build(modelDataOf(data.fields), { hidden: 48, latent: 8 });
const options = trainingOptions.parse({
  ...family.usual?.training,
  ...{ epochs: 20, batchSize: 32, learningRate: 5e-3, warmupSteps: 20, weightAverage: 0, shards: 1 },
});
const runtime = nodeRuntime();
const trainer = await Trainer.create({ model, data, options, runtime });
for await (const _ of trainer.fit()) {
  // What happens is told in the first example.
}
const weights = trainer.bestWeights;
await trainer.dispose();

const windows = windowsOf(test, size);
const truths = windows.map(({ heading, departures }) => pathAhead(heading, departures));
const drawn = await drawnFutures(
  { runtime, model, weights, fields: data.fields, count, steps: size.ahead, seed: 1 },
  windows.map(({ seen }) => seen),
);
const tell = (name: string, paths: readonly (readonly Float64Array[])[]) => {
  const { average, final } = meanErrors(paths.map((own, i) => bestErrors(own, truths[i]!)));
  console.log(`${name}: ${average.toFixed(2)} m on average, ${final.toFixed(2)} m at the end`);
};
const random = Random.stream(1, "straying");
const straying = (speed: number) =>
  Array.from({ length: count }, () => strayingVelocity(speed, size.ahead, random));
const futures = drawn.map((moves, i) => moves.map((own) => pathAhead(windows[i]!.heading, own)));
console.log(`${windows.length} walkers, ${size.observed} moments seen, ${size.ahead} to come`);
tell(
  "one guess",
  futures.map((own) => [meanFuture(own)]),
);
tell(
  "going on as before",
  windows.map(({ heading }) => [constantVelocity(heading.speed, size.ahead)]),
);
tell(`best of ${count} futures`, futures);
tell(
  `best of ${count} directions and speeds`,
  windows.map(({ heading }) => straying(heading.speed)),
);

/** Of a walker who turns: how many of its futures end to the left, as it may. */
const turning = truths
  .map((path) => path.at(-1)!)
  .findIndex((_, i) => Math.abs(windows[i]!.departures[1]!) < 0.05 && Math.abs(truths[i]!.at(-1)!) > 2);
const left = futures[turning]!.filter((path) => path.at(-1)! > 0).length;
console.log(`of a walker who may turn to either side, ${left} of ${count} futures end to the left`);
