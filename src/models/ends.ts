/** Both ends of a recurrent model, where it meets its data: how a step is read, and how its distribution is put. */
import type { Column } from "../data/dataset.ts";
import { categoricalOver } from "../distributions/categorical.ts";
import { type Emission, outputsOf } from "../distributions/emission.ts";
import { emissionOf } from "../distributions/mixed.ts";
import { add, cast, concat, greater, squeeze, type Tensor, where } from "../graph/index.ts";
import { Embedding } from "../nn/embedding.ts";
import { Linear } from "../nn/linear.ts";
import type { Net } from "../nn/net.ts";
import { type Parameter, uniformWithin, values } from "../nn/parameters.ts";
import { InputEncoder } from "./inputs.ts";
import type { Observation, Observed } from "./model.ts";

/** What is special to the kind of data that a model is of. */
export interface Ends {
  /** D: how many entries a step of data has. */
  readonly width: number;
  /** How a step is fed; as a row of columns unless told. */
  readonly observation?: Observation;
  readonly emission: Emission;
  /** How many numbers `read` gives. */
  readonly reads: number;
  /** What `read` learns. */
  readonly parameters: readonly Parameter[];
  /** From the last hidden layer to the parameters of the emission. */
  readonly output: Output;
  /** A step as numbers that a network reads well, `[..., reads]`; what is missing has no effect. */
  read(net: Net, x: Observed): Tensor;
}

/** The last layer of a network. */
export interface Output {
  readonly parameters: readonly Parameter[];
  /** The raw parameters of the emission, `[..., width]`. @param hidden `[..., H]` */
  apply(net: Net, x: { readonly hidden: Tensor }): Tensor;
}

/** What a recurrent model is of: the columns of a table, or the tokens of texts. */
export type StepData =
  | {
      readonly columns: readonly Column[];
      /** Output distributions other than the default of their kind of column (`distributions/families.ts`). */
      readonly emission?: readonly string[];
      /** What columns are predicted from, other than their mean (`distributions/centres.ts`): `last`, `load=season:24`. */
      readonly center?: readonly string[];
      /** Whether sequences have units of their own (`scaleSeries`), which the emission reads; not unless told. */
      readonly units?: boolean;
    }
  | TokenOptions;

/** The ends of a model of columns. @throws VrnnError `distribution/...` when an output distribution does not fit them */
export function columnEnds(
  columns: readonly Column[],
  hidden: number,
  {
    emission: names,
    center,
  }: { readonly emission?: readonly string[]; readonly center?: readonly string[] } = {},
): Ends {
  const encoder = new InputEncoder(columns);
  const emission = emissionOf(columns, names, center);
  return {
    width: columns.length,
    emission,
    reads: encoder.width + (emission.moved?.width ?? 0),
    parameters: emission.parameters ?? [],
    output: outputOf(emission, hidden),
    read: (_, x) => readColumns(encoder, emission, x),
  };
}

/** The ends of a model of either. @throws VrnnError `distribution/...` when an output distribution does not fit the columns */
export const endsOf = (options: StepData & { readonly hidden: number }): Ends =>
  "columns" in options
    ? columnEnds(options.columns, options.hidden, options)
    : tokenEnds(options, options.hidden);

/** Columns as a network reads them: their values, and how far they moved where their emission is placed around the past. */
export function readColumns(
  encoder: InputEncoder,
  { moved }: Emission,
  { values, mask, last }: Observed,
): Tensor {
  const encoded = encoder.encode(values, mask); // [..., width]
  return moved && last ? concat([encoded, moved.of(values, greater(mask, 0), last)]) : encoded;
}

/** How a model of tokens reads and writes them. */
export interface TokenOptions {
  /** How many tokens there are. */
  readonly tokens: number;
  /** E: the width of their embedding. */
  readonly embedding: number;
  /** Whether logits are products with the embedding (Press and Wolf 2017) rather than a layer of their own. */
  readonly tied: boolean;
}

/** The ends of a model of tokens: a row of a table in, a logit for each token out. */
export function tokenEnds({ tokens, embedding: size, tied }: TokenOptions, hidden: number): Ends {
  // Rows of variance 1 tell tokens apart from the start; those that also are logits' weights begin small.
  const embedding = new Embedding("embedding", tokens, size, tied ? undefined : uniformWithin(Math.sqrt(3)));
  const emission = categoricalOver(Array.from({ length: tokens }, () => 1 / tokens));
  return {
    width: 1,
    observation: { dtype: "int64", shape: [] },
    emission,
    reads: size,
    parameters: embedding.parameters,
    output: tied ? new TiedOutput(embedding, { tokens, size }, hidden) : outputOf(emission, hidden),
    read: (net, { values, mask }) => {
      const ids = cast(squeeze(where(greater(mask, 0), values, 0), -1), "int64"); // [...]
      return where(greater(mask, 0), embedding.rows(net, ids), 0); // [..., E]
    },
  };
}

const outputOf = (emission: Emission, hidden: number): Output =>
  new Linear("emission", { hidden }, outputsOf(emission), { bias: values(emission.initialBias) });

/**
 * Logits by the table that reads tokens, E·Wᵀh + b.
 *
 * Parameters: `emission.projection.weight` `[H, E]`, `emission.projection.bias` `[E]`, `emission.bias` `[tokens]`.
 */
class TiedOutput implements Output {
  readonly parameters: readonly Parameter[];
  private readonly embedding: Embedding;
  private readonly projection: Linear;

  constructor(embedding: Embedding, { tokens, size }: { tokens: number; size: number }, hidden: number) {
    this.embedding = embedding;
    this.projection = new Linear("emission.projection", { hidden }, size);
    const bias = {
      name: "emission.bias",
      shape: [tokens],
      initialise: values(Array<number>(tokens).fill(0)),
    };
    this.parameters = [...this.projection.parameters, bias];
  }

  apply(net: Net, x: { readonly hidden: Tensor }): Tensor {
    const logits = this.embedding.logits(net, this.projection.apply(net, x)); // [..., tokens]
    return add(logits, net.weight("emission.bias"));
  }
}
