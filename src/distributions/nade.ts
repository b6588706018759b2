/**
 * The neural autoregressive distribution estimator: Larochelle and Murray, "The Neural Autoregressive Distribution Estimator",
 * AISTATS 2011; upon a recurrent network Boulanger-Lewandowski, Bengio and Vincent, "Modeling Temporal Dependencies in
 * High-Dimensional Sequences", ICML 2012, section 4 (RNN-NADE). Equation numbers are those of the former.
 */
import {
  add,
  addAll,
  cast,
  cumsum,
  div,
  filledLike,
  less,
  mul,
  scan,
  sigmoid,
  split,
  sum,
  type Tensor,
  transpose,
  unsqueeze,
  where,
} from "../graph/index.ts";
import { type Parameter, uniformOver, type Weights } from "../nn/parameters.ts";
import { bernoulliLogProbability, bernoulliOver } from "./bernoulli.ts";
import type { Emission, Family } from "./emission.ts";
import { unbound } from "./unbound.ts";

const [READ, WRITE] = ["emission.nade.read", "emission.nade.write"] as const;

/** What entries read and write of the hidden units, `[D, H]` each: the W and V of the paper. */
interface Matrices {
  readonly read: Tensor;
  readonly write: Tensor;
}

/** What a network tells of a step: the biases b `[..., D]` of the entries and c `[..., H]` of the hidden units. */
interface Biases {
  readonly entries: Tensor;
  readonly hidden: Tensor;
}

/**
 * Yes or no of each entry given the entries before it, in the order of the columns: p(x_d = 1 | x_<d) = σ(b_d + V_d·h_d),
 * h_d = σ(c + Σ_{j<d} W_j x_j), eq. (2) and (3). The network gives b and c, `raw` = [b | c]; W and V are the
 * emission's own. Notes of a chord, or flags that exclude each other, are then told together.
 *
 * There is no closed form of the mean: it is that of entries which stand, one after the other, at what was expected of them.
 *
 * @param hidden H: hidden units
 */
export const nade =
  (hidden: number): Family =>
  (columns) => {
    const rates = bernoulliOver(columns.map(({ mean }) => mean));
    const size = columns.length;
    const shape = [size, hidden];
    const parameters: readonly Parameter[] = [
      { name: READ, shape, initialise: uniformOver(size) },
      { name: WRITE, shape, initialise: uniformOver(hidden) },
    ];
    const biasesOf = (raw: Tensor): Biases => {
      const [entries, units] = split(raw, [size, hidden]) as [Tensor, Tensor];
      return { entries, hidden: units };
    };
    const laws = {
      width: size + hidden,
      uniforms: size,
      normals: 0,
      missing: "sampled",
      initialBias: [...rates.initialBias, ...Array<number>(hidden).fill(0)],
    } as const;
    const bind = (weight: Weights): Emission => {
      const matrices = { read: weight(READ), write: weight(WRITE) };
      return {
        ...laws,
        logProbability: (raw, x) => bernoulliLogProbability(logitsOf(x, biasesOf(raw), matrices), x),
        sample: (raw, { uniform }, temperature) =>
          entryByEntry(biasesOf(raw), matrices, { uniform }, (logit, { uniform }) =>
            drawn(logit, uniform!, temperature),
          ),
        complete: (raw, x, seen, { uniform }, temperature) =>
          entryByEntry(biasesOf(raw), matrices, { uniform, x, seen }, (logit, own) =>
            where(own.seen!, own.x!, drawn(logit, own.uniform!, temperature)),
          ),
        mean: (raw) => entryByEntry(biasesOf(raw), matrices, {}, sigmoid),
      };
    };
    return { ...unbound(laws), parameters, bind };
  };

/** The logit of each entry given those before it, `[..., D]`. @param x `[..., D]` */
function logitsOf(x: Tensor, { entries, hidden }: Biases, { read, write }: Matrices): Tensor {
  const told = mul(unsqueeze(x, -1), read); // [..., D, H]
  const before = cumsum(told, told.rank - 2, { exclusive: true }); // [..., D, H]
  const units = sigmoid(add(unsqueeze(hidden, -2), before)); // [..., D, H]
  return add(entries, sum(mul(units, write), [-1])); // [..., D]
}

const drawn = (logit: Tensor, uniform: Tensor, temperature: Tensor): Tensor =>
  cast(less(uniform, sigmoid(div(logit, temperature))), "float32");

/**
 * Entries one after the other, each put where its logit says, `[..., D]`.
 *
 * @param over `[..., D]` each: what an entry is put by beside
 * @param put the value of an entry, `[...]`, from its logit
 */
function entryByEntry(
  { entries, hidden }: Biases,
  { read, write }: Matrices,
  over: Readonly<Record<string, Tensor>>,
  put: (logit: Tensor, own: Readonly<Record<string, Tensor>>) => Tensor,
): Tensor {
  const lead = Object.values(over).map((value) =>
    filledLike({ dtype: hidden.dtype, shape: [...value.shape.slice(0, -1), 1] }, 0),
  ); // [..., 1]
  const { outputs } = scan({
    state: { hidden: addAll([hidden, ...lead]) }, // of each row that is put
    over: {
      read, // [D, H]
      write, // [D, H]
      bias: entriesFirst(entries), // [D, ...]
      own: Object.fromEntries(Object.entries(over).map(([name, value]) => [name, entriesFirst(value)])),
    },
    step: (before, slice) => {
      const logit = add(slice.bias, sum(mul(sigmoid(before.hidden), slice.write), [-1])); // [...]
      const x = put(logit, slice.own); // [...]
      return { state: { hidden: add(before.hidden, mul(unsqueeze(x, -1), slice.read)) }, outputs: { x } };
    },
  });
  return entriesLast(outputs.x);
}

/** `[..., D]` to `[D, ...]`. */
const entriesFirst = (x: Tensor): Tensor => transpose(x, [x.rank - 1, ...Array(x.rank - 1).keys()]);

/** `[D, ...]` to `[..., D]`. */
const entriesLast = (x: Tensor): Tensor =>
  transpose(x, [...Array(x.rank - 1).keys()].map((axis) => axis + 1).concat(0));
