import { VrnnError } from "../errors.ts";
import {
  add,
  argmax,
  cast,
  equal,
  logSoftmax,
  mean,
  mul,
  neg,
  oneHot,
  sub,
  sum,
  type Tensor,
} from "../graph/index.ts";
import type { Model, ModelInput } from "../models/model.ts";
import { readoutNames } from "../names.ts";
import type { Objective } from "./objective.ts";

const [LEVEL, MASK] = [readoutNames.of("level"), readoutNames.of("mask")];

/** The figure by which epochs are compared: the share of labels told rightly, less a hundredth of the nats of each. */
const MERIT = "labelMerit";
const TIE = 0.01;

/**
 * −log p(label | x) of the model's readout, in nats per labelled sequence or step, and nothing else: sequences without a
 * label teach nothing. The best epoch is that of the greatest share of labels told rightly less a hundredth of the cross-entropy, which
 * decides where several tell as many. (How sure a model is can be put right afterwards, what it tells cannot.)
 *
 * Its `inputs` throw VrnnError `objective/readout` for a model without a readout.
 *
 * @param smoothing the share of each label that training tells of all of them alike (Szegedy et al. 2016, section 7); figures
 * know nothing of it
 * @example
 * weightedSum({
 *   labels: { objective: smoothedCrossEntropy(0.1), weight: 1 },
 *   elbo: { objective: objectives.elbo.create({}), weight: 0.1 },
 * });
 */
export const smoothedCrossEntropy = (smoothing: number): Objective => ({
  isOfWholes: ({ readout }) => readout?.over === "sequence",
  inputs: labelInputs,
  figures: { crossEntropy: "labelled", accuracy: "labelled", [MERIT]: "labelled" },
  schedule: () => ({}),
  terms: ({ inputs, logits }) => {
    const { [LEVEL]: level, [MASK]: known } = inputs as { readonly [name: string]: Tensor };
    const { nats, natsOfAll, hits } = told(logits as Tensor, level as Tensor);
    const [crossEntropy, ofAll, accuracy] = [nats, natsOfAll, hits].map((each) =>
      sum(mul(each, known as Tensor)),
    ) as [Tensor, Tensor, Tensor];
    const loss = smoothing > 0 ? add(mul(crossEntropy, 1 - smoothing), mul(ofAll, smoothing)) : crossEntropy;
    const merit = sub(accuracy, mul(crossEntropy, TIE));
    return { loss: [{ sum: loss, per: "labelled" }], figures: { crossEntropy, accuracy, [MERIT]: merit } };
  },
  select: { figure: MERIT, better: "more" },
});

/** The same without smoothing. */
export const crossEntropy: Objective = smoothedCrossEntropy(0);

/** `[..., B]` each. */
interface Told {
  /** −log p of the level, and its mean over all levels. */
  readonly nats: Tensor;
  readonly natsOfAll: Tensor;
  /** 1 where it is the likeliest. */
  readonly hits: Tensor;
}

/** What logits tell of levels. @param logits `[..., B, L]` @param level `[..., B]` */
function told(logits: Tensor, level: Tensor): Told {
  const levels = logits.shape.at(-1) as number;
  const logProb = logSoftmax(logits); // [..., B, L]
  return {
    nats: neg(sum(mul(oneHot(level, levels), logProb), [-1])),
    natsOfAll: neg(mean(logProb, [-1])),
    hits: cast(equal(argmax(logits), level), "float32"),
  };
}

function labelInputs({ readout }: Model): Readonly<Record<string, ModelInput>> {
  if (readout === undefined) {
    const remedy = "say which column holds them (--label), or choose another objective";
    throw new VrnnError("objective/readout", "the model tells no labels", { at: "objective", remedy });
  }
  const { field, over } = readout;
  const shape = over === "step" ? (["T", "B"] as const) : (["B"] as const);
  return {
    ...readout.inputs,
    [LEVEL]: { field, what: "level", dtype: "int64", shape },
    [MASK]: { field, what: "mask", dtype: "float32", shape },
  };
}
