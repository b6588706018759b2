/**
 * Inverse autoregressive flow: Kingma, Salimans, Jozefowicz, Chen, Sutskever, Welling, "Improving Variational Inference with Inverse
 * Autoregressive Flow", NIPS 2016. Equation numbers are the paper's.
 */
import type { LatentDistribution } from "../distributions/latent/distribution.ts";
import { VrnnError } from "../errors.ts";
import {
  add,
  constant,
  exp,
  filledLike,
  greater,
  logSigmoid,
  matmul,
  mul,
  relu,
  sigmoid,
  split,
  sub,
  type Tensor,
  where,
} from "../graph/index.ts";
import { Linear } from "../nn/linear.ts";
import type { Net } from "../nn/net.ts";
import { type Parameter, type Sizes, uniformOver, uniformWithin, values } from "../nn/parameters.ts";
import type { Tensors } from "./model.ts";

interface FlowOptions {
  /** The widths of what the steps read beside the variables, by name. */
  readonly inputs: Sizes;
  readonly hidden: number;
  readonly latent: number;
  readonly steps: number;
}

/** The gate of a step begins near 1, where it changes little (ibid., section 4). */
const OPEN = 2;

/**
 * Steps z ← σ(s)·z + (1 − σ(s))·m, eq. (14), whose m and s each variable has from those before it (Germain et al. 2015, MADE) and from
 * what the posterior reads; every other step in the opposite order.
 *
 * Parameters of each step `<name>.<step>`: `in.weight` `[Z, H]`, `context.…`, `out.weight` `[H, 2Z]`, `out.bias` `[2Z]`.
 */
export class AutoregressiveFlow {
  readonly parameters: readonly Parameter[];
  private readonly steps: readonly FlowStep[];

  constructor(name: string, { steps, ...sizes }: FlowOptions) {
    this.steps = Array.from({ length: steps }, (_, i) => new FlowStep(`${name}.${i}`, sizes, i % 2 === 1));
    this.parameters = this.steps.flatMap(({ parameters }) => parameters);
  }

  /**
   * The distribution of what becomes of draws of another. Its density is known of its own draws alone, and mean and deviation are those of
   * a draw without noise.
   */
  apply(net: Net, base: LatentDistribution, inputs: Tensors): LatentDistribution {
    return bentBy(base, (z) =>
      this.steps.reduce<Bent>(
        (before, step) => {
          const after = step.apply(net, before.z, inputs);
          return { z: after.z, logScale: add(before.logScale, after.logScale) };
        },
        { z, logScale: filledLike(z, 0) },
      ),
    );
  }
}

/** What became of a draw z₀, and log |∂z/∂z₀| by its entries, `[..., Z]` each. */
interface Bent {
  readonly z: Tensor;
  readonly logScale: Tensor;
}

/** A step of a flow, upwards or downwards along the variables. */
class FlowStep {
  readonly parameters: readonly Parameter[];
  private readonly name: string;
  private readonly context: Linear;
  private readonly latent: number;
  /** `[Z, H]` and `[H, 2Z]`: 1 where a weight leads from a variable to one behind it. */
  private readonly masks: { readonly into: Tensor; readonly out: Tensor };

  constructor(name: string, { inputs, hidden, latent }: Omit<FlowOptions, "steps">, isDownwards: boolean) {
    this.name = name;
    this.latent = latent;
    this.context = new Linear(`${name}.context`, inputs, hidden);
    this.masks = masksOf(latent, hidden, isDownwards);
    this.parameters = [
      { name: `${name}.in.weight`, shape: [latent, hidden], initialise: uniformOver(latent) },
      ...this.context.parameters,
      { name: `${name}.out.weight`, shape: [hidden, 2 * latent], initialise: uniformWithin(0.01) },
      {
        name: `${name}.out.bias`,
        shape: [2 * latent],
        initialise: values([...Array<number>(latent).fill(0), ...Array<number>(latent).fill(OPEN)]),
      },
    ];
  }

  apply(net: Net, z: Tensor, inputs: Tensors): Bent {
    const weight = (part: string) => net.weight(`${this.name}.${part}`);
    const own = matmul(z, mul(weight("in.weight"), this.masks.into)); // [..., H]
    const hidden = relu(add(own, this.context.apply(net, inputs))); // [..., H]
    const told = add(matmul(hidden, mul(weight("out.weight"), this.masks.out)), weight("out.bias")); // [..., 2Z]
    const [m, s] = split(told, [this.latent, this.latent]) as [Tensor, Tensor]; // [..., Z]
    const gate = sigmoid(s);
    return { z: add(mul(gate, z), mul(sub(1, gate), m)), logScale: logSigmoid(s) };
  }
}

/** Hidden unit k hears the first k mod Z variables of the order, and tells those behind them (MADE, eq. 8 and 9). */
function masksOf(latent: number, hidden: number, isDownwards: boolean): { into: Tensor; out: Tensor } {
  const place = (variable: number) => (isDownwards ? latent - 1 - variable : variable);
  const heard = (unit: number) => unit % latent; // how many
  const into = Array.from({ length: latent * hidden }, (_, i) =>
    Number(place(Math.floor(i / hidden)) < heard(i % hidden)),
  );
  const out = Array.from({ length: hidden * 2 * latent }, (_, i) =>
    Number(heard(Math.floor(i / (2 * latent))) <= place(i % latent)),
  );
  return { into: constant(into, [latent, hidden]), out: constant(out, [hidden, 2 * latent]) };
}

/** A distribution that knows the density of what it drew. */
function bentBy(base: LatentDistribution, bent: (z: Tensor) => Bent): LatentDistribution {
  const told = new Map<Tensor, Tensor>();
  const still = bent(base.mean);
  const deviation = mul(base.standardDeviation, exp(still.logScale));
  const draw = (noise: Tensor, temperature?: Tensor): { z: Tensor; logProb: Tensor } => {
    const first = base.sample(noise, temperature);
    const { z, logScale } = bent(first);
    return { z, logProb: sub(base.logProb(first), logScale) }; // eq. (11)
  };
  const keep = ({ z, logProb }: { z: Tensor; logProb: Tensor }): Tensor => {
    told.set(z, logProb);
    return z;
  };
  const logProb = (z: Tensor): Tensor => told.get(z) ?? unknown();
  return {
    mean: still.z,
    standardDeviation: deviation,
    normals: base.normals,
    sample: (noise, temperature) => keep(draw(noise, temperature)),
    logProb,
    orElse: (anything, other) => {
      const choose = (own: Tensor, instead: Tensor) => where(greater(anything, 0), own, instead);
      return {
        mean: choose(still.z, other.mean),
        standardDeviation: choose(deviation, other.standardDeviation),
        normals: Math.max(base.normals, other.normals),
        sample: (noise, temperature) => {
          const own = draw(noise, temperature);
          const z = choose(own.z, other.sample(noise, temperature));
          return keep({ z, logProb: choose(own.logProb, other.logProb(z)) });
        },
        logProb,
      };
    },
  };
}

function unknown(): never {
  throw new VrnnError("model/flow", "a flow knows the density of its own draws alone", {
    remedy: "ask it for a draw, and for the density of that",
  });
}
