/**
 * Moving pictures: a VRNN whose features are convolutions and whose pixels are grown by transposed ones learns how digits
 * bounce, and goes on from six frames. Beside it: two rules that need no network, and the same network without latent
 * variables. EPOCHS=10 trains longer.
 */
import { writeFileSync } from "node:fs";
import {
  type FrameRow,
  FrameVrnn,
  frameRules,
  framesPng,
  generateRows,
  type Part,
  prefixStates,
  Trainer,
  trainingOptions,
} from "vrnn";
import { nodeRuntime } from "vrnn/node";
import { bouncingDigits, pixels, side } from "./bouncing-digits.ts";
import { everyPart, mean } from "./shared.ts";

const data = bouncingDigits();
const { fields } = data;
const clipOf = ({ values }: Part) => values["x"] as Uint8Array;
const rules = frameRules((await everyPart(data.splits.train)).map(clipOf), { pixels, levels: 2 });
const clips = (await everyPart(data.splits.test)).map(clipOf);
const tell = (name: string, nats: number) => console.log(`${name}: ${nats.toFixed(2)} nats per frame`);
tell("each pixel on its own", mean(clips.flatMap((clip) => [...rules.alone(clip)])));
tell("the last frame again", mean(clips.flatMap((clip) => [...rules.copy(clip)])));

const runtime = nodeRuntime();
const options = trainingOptions.parse({
  epochs: Number(process.env["EPOCHS"] ?? 2),
  batchSize: 16,
  learningRate: 2e-3,
  schedule: "cosine",
  warmupSteps: 30,
  clip: 1,
});

async function trained(latent: number) {
  const model = new FrameVrnn({ shape: [side, side], hidden: 128, latent });
  const trainer = await Trainer.create({ model, data, options, runtime });
  for await (const _ of trainer.fit()) {
    // What happens is told in the first example.
  }
  const { natsPerStep } = await trainer.evaluate(data.splits.test);
  await trainer.dispose();
  return { natsPerStep, settings: { runtime, model, weights: trainer.bestWeights, seed: 1 } };
}

const [twin, vrnn] = [await trained(0), await trained(16)];
tell("without latent variables", twin.natsPerStep);
tell("VRNN at least", vrnn.natsPerStep);

const [count, seen] = [4, 6];
const shown = clips.slice(0, count);
const begun = shown.map((clip) => ({ length: seen, values: { x: clip.subarray(0, seen * pixels) } }));
const states = await prefixStates({ ...vrnn.settings, fields }, begun);
const steps = shown[0]!.length / pixels - seen;
const ahead = await generateRows({ ...vrnn.settings, count, steps, states });

const framesOf = (values: Uint8Array | Float64Array): FrameRow =>
  Array.from({ length: values.length / pixels }, (_, t) => values.subarray(t * pixels, (t + 1) * pixels));
const rows = ahead.flatMap(({ emissionMean }, i) => {
  const clip = framesOf(shown[i]!);
  return [clip, [...clip.slice(0, seen), ...framesOf(emissionMean)]];
});
writeFileSync("frames.png", framesPng(rows, [side, side]));
console.log(`frames.png: ${count} clips, and below each how it may go on after ${seen} frames`);
