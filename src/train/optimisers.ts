/**
 * Optimisers as pairs of a state and an update rule that can be chained. An update is part of the compiled graph; all
 * parameters are one flat vector `[P]`.
 */
import {
  add,
  div,
  minimum,
  mul,
  neg,
  pow,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "../graph/index.ts";

/** What an update may read beside the gradient. */
export interface UpdateContext {
  /** `[P]` */
  readonly parameters: Tensor;
  /** Scalar: ‖g‖₂ of the gradient of all parameters, before any link has changed it. */
  readonly gradientNorm: Tensor;
  /** Scalar. */
  readonly learningRate: Tensor;
  /** `[P]`: the rate of weight decay of each parameter. */
  readonly decays: () => Tensor;
}

type OptimiserState = Readonly<Record<string, Tensor>>;

/** A step of an update rule: what it remembers, and what it makes of a gradient. */
export interface Transformation {
  /** What it remembers from step to step: a number per parameter, or a single one; all begin at 0. */
  readonly state: Readonly<Record<string, "vector" | "scalar">>;
  /** The update in the place of the gradient, and what is remembered next. `[P]` */
  update(
    gradient: Tensor,
    state: OptimiserState,
    context: UpdateContext,
  ): { readonly update: Tensor; readonly state: OptimiserState };
}

const stateless = (update: (gradient: Tensor, context: UpdateContext) => Tensor): Transformation => ({
  state: {},
  update: (gradient, _, context) => ({ update: update(gradient, context), state: {} }),
});

/** ‖g‖₂ */
export const globalNorm = (gradient: Tensor): Tensor => sqrt(sum(square(gradient)));

/** Shrinks a gradient longer than `limit` to that length (Pascanu et al. 2013), as a first link; the 1e-6 is PyTorch's. */
export const clipByGlobalNorm = (limit: number): Transformation =>
  stateless((gradient, { gradientNorm }) =>
    mul(gradient, minimum(div(scalar(limit), add(gradientNorm, 1e-6)), 1)),
  );

/** The constants of Adam; those of the paper unless told. */
export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Adam's direction (Kingma and Ba 2015, algorithm 1), not yet scaled by the learning rate. */
export const adam = ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Transformation => ({
  state: { mean: "vector", square: "vector", count: "scalar" },
  update: (gradient, state) => {
    const { mean: m, square: v, count: t } = state as Record<"mean" | "square" | "count", Tensor>;
    const mean = add(mul(m, beta1), mul(gradient, 1 - beta1)); // [P]
    const squares = add(mul(v, beta2), mul(square(gradient), 1 - beta2)); // [P]
    const count = add(t, 1);
    const unbiased = (estimate: Tensor, beta: number) => div(estimate, sub(1, pow(beta, count)));
    const direction = div(unbiased(mean, beta1), add(sqrt(unbiased(squares, beta2)), epsilon));
    return { update: direction, state: { mean, square: squares, count } };
  },
});

/** Decoupled weight decay (Loshchilov and Hutter 2019), in front of the learning rate. */
export const decayWeights: Transformation = stateless((update, { parameters, decays }) =>
  add(update, mul(parameters, decays())),
);

/** The last link: a step downhill. */
export const descend: Transformation = stateless((update, { learningRate }) =>
  neg(mul(update, learningRate)),
);

/**
 * Keeps a moving average of the parameters, which changes no update: m ← β·m + (1 − β)·θ, where β rises to the decay as
 * t / (t + 9), so that the first average is the first parameters and early ones are soon forgotten.
 *
 * @param decay the greatest β, under 1
 */
export const averageWeights = (decay: number): Transformation => ({
  state: { average: "vector", count: "scalar" },
  update: (update, state, { parameters }) => {
    const { average, count } = state as Record<"average" | "count", Tensor>;
    const kept = minimum(div(count, add(count, 9)), decay);
    const next = add(parameters, update); // [P]
    return {
      update,
      state: { average: add(next, mul(kept, sub(average, next))), count: add(count, 1) },
    };
  },
});

/** One after the other; states are named `<place>.<name>`. */
export function chain(...links: readonly Transformation[]): Transformation {
  const key = (place: number, name: string): string => `${place}.${name}`;
  return {
    state: Object.fromEntries(
      links.flatMap(({ state }, i) => Object.entries(state).map(([name, kind]) => [key(i, name), kind])),
    ),
    update: (gradient, state, context) => {
      let update = gradient;
      const after: Record<string, Tensor> = {};
      links.forEach((link, i) => {
        const own = Object.fromEntries(
          Object.keys(link.state).map((name) => [name, state[key(i, name)] as Tensor]),
        );
        const result = link.update(update, own, context);
        update = result.update;
        for (const [name, value] of Object.entries(result.state)) after[key(i, name)] = value;
      });
      return { update, state: after };
    },
  };
}
