import { VrnnError } from "../errors.ts";
import { argmax, cast, equal, logSoftmax, mul, neg, oneHot, sum, type Tensor } from "../graph/index.ts";
import type { Model, ModelInput } from "../models/model.ts";
import { readoutNames } from "../names.ts";
import type { Objective } from "./objective.ts";

const [LEVEL, MASK] = [readoutNames.of("level"), readoutNames.of("mask")];

/**
 * −log p(label | x) of the model's readout, in nats per labelled sequence or step, and nothing else: sequences without a
 * label teach nothing. The best epoch is that of the least cross-entropy.
 *
 * Its `inputs` throw VrnnError `objective/readout` for a model without a readout.
 *
 * @example
 * weightedSum({
 *   labels: { objective: crossEntropy, weight: 1 },
 *   elbo: { objective: objectives.elbo.create({}), weight: 0.1 },
 * });
 */
export const crossEntropy: Objective = {
  isOfWholes: ({ readout }) => readout?.over === "sequence",
  inputs: labelInputs,
  figures: { crossEntropy: "labelled", accuracy: "labelled" },
  schedule: () => ({}),
  terms: ({ inputs, logits }) => {
    const { [LEVEL]: level, [MASK]: known } = inputs as { readonly [name: string]: Tensor };
    const { nats, hits } = told(logits as Tensor, level as Tensor);
    const [crossEntropy, accuracy] = [nats, hits].map((each) => sum(mul(each, known as Tensor))) as [
      Tensor,
      Tensor,
    ];
    return { loss: [{ sum: crossEntropy, per: "labelled" }], figures: { crossEntropy, accuracy } };
  },
  select: { figure: "crossEntropy", better: "less" },
};

/** −log p of the level, and 1 where it is the likeliest, `[..., B]` each. @param logits `[..., B, L]` @param level `[..., B]` */
function told(logits: Tensor, level: Tensor): { readonly nats: Tensor; readonly hits: Tensor } {
  const levels = logits.shape.at(-1) as number;
  const logProb = mul(oneHot(level, levels), logSoftmax(logits)); // [..., B, L]
  return { nats: neg(sum(logProb, [-1])), hits: cast(equal(argmax(logits), level), "float32") };
}

function labelInputs({ readout }: Model): Readonly<Record<string, ModelInput>> {
  if (readout === undefined) {
    const remedy = "say which column holds them (--label), or choose another objective";
    throw new VrnnError("objective/readout", "the model tells no labels", { at: "objective", remedy });
  }
  const { field, over } = readout;
  const shape = over === "step" ? (["T", "B"] as const) : (["B"] as const);
  return {
    [LEVEL]: { field, what: "level", dtype: "int64", shape },
    [MASK]: { field, what: "mask", dtype: "float32", shape },
  };
}
