/** What training also makes small beside its objective: nothing of it changes what is told of data. */
import {
  addAll,
  cast,
  greater,
  mean,
  mul,
  neg,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from "../graph/index.ts";
import { type Aside, isLatent, type Model, type Tensors } from "../models/model.ts";
import { bagNats } from "../models/vrnn/bag-nats.ts";
import type { State } from "../nn/cells.ts";
import type { Objective, ObjectiveWithBound } from "./objective.ts";
import { type WeightedObjective, weightedSum } from "./weighted-sum.ts";

/** How much each counts beside the objective. */
export interface AuxiliaryOptions {
  /** Of `activationPenalty`. */
  readonly activationPenalty: number;
  /** Of `temporalPenalty`. */
  readonly temporalPenalty: number;
}

/**
 * An objective beside which what the options weigh is made small, the bag of words of a model that tells one, what Z-forcing costs,
 * and what the model tells aside.
 *
 * @throws VrnnError `objective/particles` for a bag of words or Z-forcing beside an objective of several particles
 */
export function withAuxiliaries(
  objective: ObjectiveWithBound,
  model: Model,
  options: AuxiliaryOptions,
): ObjectiveWithBound {
  const { particles } = objective;
  const penalties = Object.entries({ activationPenalty, temporalPenalty })
    .filter(([name]) => options[name as keyof AuxiliaryOptions] > 0)
    .map(([name, own]): [string, WeightedObjective] => {
      const weight = options[name as keyof AuxiliaryOptions];
      return [name, { objective: { ...own, ...(particles && { particles }) }, weight }];
    });
  const parts = {
    objective: { objective, weight: 1 },
    ...Object.fromEntries(penalties),
    ...(model.bagOfWords && { "bag of words": { objective: bagOfWords, weight: 1 } }),
    ...(isLatent(model) &&
      model.zForcing && { "Z-forcing": { objective: zForcing, weight: model.zForcing.weight } }),
    ...Object.fromEntries(
      Object.entries(model.asides ?? {}).map(([name, aside]) => [
        name,
        { objective: told(name, aside), weight: aside.weight },
      ]),
    ),
  };
  return { ...weightedSum(parts), bound: (totals) => objective.bound(totals) };
}

/**
 * Activation regularisation (Merity, McCann and Socher, "Revisiting Activation Regularization for Language RNNs", 2017): the mean
 * square of what each layer of cells says, a step. It is told of values before dropout, where the paper has those after.
 */
export const activationPenalty: Objective = penalty("activationPenalty", (h, counted) => ({
  each: square(h), // [T, B, ..., H]
  counted,
}));

/**
 * Temporal activation regularisation (ibid.): the mean square of how far that moves from one step of a window to the next. Of windows that are
 * computed in pieces (`recompute`) the moves from one piece to the next are left out.
 */
export const temporalPenalty: Objective = penalty("temporalPenalty", (h, counted) => ({
  each: square(sub(slice(h, 0, 1), slice(h, 0, 0, -1))), // [T − 1, B, ..., H]
  counted: slice(counted, 0, 1),
}));

/** @param of what is made small of a layer's outputs `[T, B, ..., H]`, and which steps count, `[T, B]` */
function penalty(
  name: string,
  of: (h: Tensor, counted: Tensor) => { readonly each: Tensor; readonly counted: Tensor },
): Objective {
  return {
    figures: { [name]: "observedSteps" },
    schedule: () => ({}),
    terms: ({ unrolled: { states }, mask }) => {
      const total = addAll(
        outputsOf(states).map((h) => {
          const { each, counted } = of(h, observedSteps(mask));
          const behind = Array.from({ length: each.rank - counted.rank }, (_, i) => counted.rank + i);
          return sum(mul(mean(each, behind), counted));
        }),
      );
      return { loss: [{ sum: total, per: "observedSteps" }], figures: { [name]: total } };
    },
  };
}

/** What cells show of themselves: the part `h` of each layer. */
const outputsOf = (states: State): Tensor[] =>
  Object.keys(states)
    .filter((name) => /^(\d+\.)?h$/.test(name))
    .map((name) => states[name]!);

/** `[T, B]`: 1 where anything was observed. @param mask `[T, B, D]` */
const observedSteps = (mask: Tensor): Tensor => cast(greater(sum(mask, [-1]), 0), "float32");

/**
 * −log p of all tokens of a sequence, whatever their order, told by its latent variables alone (Zhao, Zhao and Eskenazi, "Learning
 * Discourse-level Diversity for Neural Dialog Models using Conditional Variational Autoencoders", ACL 2017, section 3.3): it keeps
 * them in use. It is of models with `bagOfWords`.
 */
export const bagOfWords: Objective = {
  figures: { bagOfWords: "observedSteps" },
  schedule: () => ({}),
  terms: ({ bag, x, mask }) => {
    const nats = bagNats(bag as Tensor, { x, mask });
    return { loss: [{ sum: nats, per: "observedSteps" }], figures: { bagOfWords: nats } };
  },
};

/** −log p of what posteriors have read of the future, told by z: of models with `zForcing`. */
export const zForcing: Objective = {
  figures: { zForcing: "observedSteps" },
  schedule: () => ({}),
  terms: ({ forced, mask }) => {
    const nats = neg(sum(mul(forced as Tensor, observedSteps(mask))));
    return { loss: [{ sum: nats, per: "observedSteps" }], figures: { zForcing: nats } };
  },
};

/** What a model tells of sequences beside them, by what is known of them alone: its `asides`. */
const told = (name: string, { per, inputs, nats }: Aside): Objective => ({
  ...(inputs && { inputs: () => inputs }),
  figures: { [name]: per },
  schedule: () => ({}),
  terms: ({ given, x, mask, inputs: fed }) => {
    const own = nats({ given: given as Tensors, inputs: fed, x, mask });
    return { loss: [{ sum: own, per }], figures: { [name]: own } };
  },
});
