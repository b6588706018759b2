import { VrnnError } from "../errors.ts";
import { argmax, cast, equal, logSoftmax, mul, neg, oneHot, sum, type Tensor } from "../graph/index.ts";
import type { Model, ModelInput } from "../models/model.ts";
import { readoutNames } from "../names.ts";
import { option } from "../options.ts";
import * as z from "../zod.ts";
import { elbo, elboOptions } from "./elbo.ts";
import type { Objective, Term } from "./objective.ts";

export const crossEntropyOptions = {
  ...elboOptions,
  /** What a nat per step of the evidence lower bound costs beside a nat per label; 0 learns labels alone. */
  elboWeight: option(z._default(z.number().check(z.minimum(0)), 0.1), {
    flag: "--elbo-weight <weight>",
    help: "of cross-entropy: weight of the evidence lower bound beside the labels",
  }),
};

type CrossEntropyOptions = z.output<z.ZodMiniObject<typeof crossEntropyOptions>>;

const [LEVEL, MASK] = [readoutNames.of("level"), readoutNames.of("mask")];

/**
 * −log p(label | x) of the model's readout, in nats per labelled sequence or step, and beside it a share of the evidence lower
 * bound, by which sequences without a label teach as well. One sampled trace gives both. The best epoch is that of the
 * least cross-entropy.
 *
 * @throws VrnnError `objective/readout` of a model without one, when it is asked what it wants to be fed
 */
export function crossEntropy({ elboWeight, ...options }: CrossEntropyOptions): Objective {
  const beside = elbo(options);
  return {
    ...beside,
    isOfWholes: ({ readout }) => readout?.over === "sequence",
    inputs: labelInputs,
    figures: { ...beside.figures, crossEntropy: "labelled", accuracy: "labelled" },
    terms: (trace, fed) => {
      const bound = beside.terms(trace, fed);
      const { [LEVEL]: level, [MASK]: known } = trace.inputs as { readonly [name: string]: Tensor };
      const { nats, hits } = told(trace.logits as Tensor, level as Tensor);
      const [crossEntropy, accuracy] = [nats, hits].map((each) => sum(mul(each, known as Tensor))) as [
        Tensor,
        Tensor,
      ];
      const weighted = bound.loss.map((term): Term => ({ ...term, sum: mul(term.sum, elboWeight) }));
      return {
        ...bound,
        loss: [{ sum: crossEntropy, per: "labelled" }, ...weighted],
        figures: { ...bound.figures, crossEntropy, accuracy },
      };
    },
    select: { figure: "crossEntropy", better: "less" },
  };
}

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
