/** Runs evaluated by weights that learn on, whatever their training made small. */
import { expect, test } from "vitest";
import { textDataset } from "../../src/data/text/text-dataset.ts";
import { Vrnn } from "../../src/models/vrnn/vrnn.ts";
import type { TrainedModel } from "../../src/run/run.ts";
import { nodeRuntime } from "../../src/runtime/node.ts";
import { trainingOptions } from "../../src/train/options.ts";
import { initialWeights } from "../../src/train/weights.ts";
import { evaluateRunDynamically } from "../../src/workbench/evaluate.ts";

const { fields, splits } = textDataset("abcdefgh ".repeat(30), "letters", { unit: "characters" });
const sizes = { tokens: fields.x.vocabulary.tokens.length + 4, embedding: 6, tied: false, hidden: 12 };
const model = new Vrnn({ ...sizes, latent: 2 });
const weights = initialWeights(model.parameters, 1);

/** The bound of the training text by weights that learn on, of a run that was trained with some options. */
async function learningOn(training: object): Promise<number> {
  const trained = { config: { fields, training: trainingOptions.parse(training) }, model, weights };
  const told = evaluateRunDynamically(trained as unknown as TrainedModel, splits.train, nodeRuntime(), {
    rate: 0.5,
  });
  let last = await told.next();
  while (!last.done) last = await told.next();
  return last.value.natsPerStep;
}

test("they learn by the bound itself: what training frees or smooths does not count", async () => {
  const plain = await learningOn({});
  for (const options of [{ freeBits: 3 }, { labelSmoothing: 0.3 }, { klWarmupSteps: 1000 }])
    expect(await learningOn(options)).toBeCloseTo(plain, 9);
});
