/** Cells that listen: layer upon layer over the frames of speech, and a linear layer for each kind of symbol above them. */
import { concat, filledLike, type Shape, scan, type Tensor } from "../../graph/index.ts";
import { Bidirectional } from "../../nn/bidirectional.ts";
import { GRU, type State } from "../../nn/cells.ts";
import { Linear } from "../../nn/linear.ts";
import type { Net } from "../../nn/net.ts";
import type { Parameter, Sizes } from "../../nn/parameters.ts";
import { part } from "../../nn/parts.ts";
import type { Steps } from "../classify/reader.ts";
import type { ModelInput, Shapes, Tensors, Transcribed, Transcriber, TranscriberContext } from "../model.ts";

/** Whether layers hear the past alone, and can follow live speech, or the whole utterance. */
export const hearings = ["past", "both"] as const;
export type Hearing = (typeof hearings)[number];

/** What is heard, and how. */
export interface AcousticEncoderOptions {
  /** What is heard of each step. */
  readonly steps: Steps;
  /** The widths of the parts of the model's state, which it hears too. */
  readonly states: Sizes;
  /** Units of each layer, in each direction. */
  readonly units: number;
  readonly layers: number;
  readonly hears: Hearing;
  /** How many levels each field of transcripts has. */
  readonly heads: Sizes;
  /** What a nat of each further field costs in training beside one of the first. */
  readonly besideWeight: number;
}

/** A layer that was heard through. */
interface Heard {
  /** `[T, B, ·]` */
  readonly h: Tensor;
  /** After the last step. */
  readonly carried: State;
}

interface Layer {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  /** What it carries from step to step. */
  readonly state: Shapes;
  hear(net: Net, inputs: Tensors, context: TranscriberContext): Heard;
}

/** How many steps there are, which tells where to begin backwards. */
const LENGTHS: ModelInput = { field: "x", what: "lengths", dtype: "int64", shape: ["B"] };

/** A gated recurrent unit with layer normalisation, in the direction of time. */
class CausalLayer implements Layer {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly state: Shapes;
  private readonly name: string;
  private readonly cell: GRU;

  constructor(name: string, inputs: Sizes, units: number) {
    this.name = name;
    this.cell = new GRU(name, inputs, units, true);
    this.parameters = this.cell.parameters;
    this.width = units;
    this.state = { [name]: [units] };
  }

  hear(net: Net, inputs: Tensors, { carried }: TranscriberContext): Heard {
    const { state, outputs } = scan({
      state: { h: carried ? part(carried, this.name) : atRest(inputs, this.width) },
      over: { inputs },
      step: ({ h }, { inputs: now }) => {
        const after = part(this.cell.step(net, now, { h }), "h");
        return { state: { h: after }, outputs: { h: after } };
      },
    });
    return { h: outputs.h, carried: { [this.name]: state.h } };
  }
}

/** Two cells from either end. */
class WholeLayer implements Layer {
  readonly parameters: readonly Parameter[];
  readonly width: number;
  readonly state: Shapes = {};
  private readonly cells: Bidirectional;

  constructor(name: string, inputs: Sizes, units: number) {
    const width = Object.values(inputs).reduce((all, size) => all + size, 0);
    this.cells = new Bidirectional(name, width, units);
    this.parameters = this.cells.parameters;
    this.width = this.cells.width;
  }

  hear(net: Net, inputs: Tensors, { inputs: { lengths } }: TranscriberContext): Heard {
    return { h: this.cells.read(net, concat(Object.values(inputs)), lengths as Tensor), carried: {} };
  }
}

const layerKinds = { past: CausalLayer, both: WholeLayer } as const satisfies Record<
  Hearing,
  new (
    name: string,
    inputs: Sizes,
    units: number,
  ) => Layer
>;

/**
 * Parameters: those of the layers `transcriber.<layer>` and, for each head, `transcriber.<field>`.
 *
 * @example
 * const heads = { phones: 38, letters: 31 };
 * new AcousticEncoder({ steps, states: { h: 64 }, units: 320, layers: 3, hears: "past", heads, besideWeight: 0.3 }).state;
 * // { "transcriber.0": [320], "transcriber.1": [320], "transcriber.2": [320] }
 */
export class AcousticEncoder implements Transcriber {
  readonly heads: Sizes;
  readonly state: Shapes;
  readonly inputs: Readonly<Record<string, ModelInput>>;
  readonly parameters: readonly Parameter[];
  readonly dropoutSites: Sizes;
  private readonly steps: Steps;
  private readonly states: readonly string[];
  private readonly layers: readonly Layer[];
  private readonly outputs: Readonly<Record<string, Linear>>;
  private readonly besideWeight: number;

  constructor({ steps, states, units, layers, hears, heads, besideWeight }: AcousticEncoderOptions) {
    this.besideWeight = besideWeight;
    this.heads = heads;
    this.steps = steps;
    this.states = Object.keys(states);
    const first = { x: steps.width, ...named(states) };
    const built: Layer[] = [];
    for (let i = 0; i < layers; i++)
      built.push(
        new layerKinds[hears](`transcriber.${i}`, i === 0 ? first : { below: built[i - 1]!.width }, units),
      );
    this.layers = built;
    const { width } = built.at(-1)!;
    this.outputs = Object.fromEntries(
      Object.entries(heads).map(([field, levels]) => [
        field,
        new Linear(`transcriber.${field}`, { heard: width }, levels),
      ]),
    );
    this.state = Object.assign({}, ...built.map(({ state }) => state));
    this.inputs = hears === "both" ? { lengths: LENGTHS } : {};
    this.parameters = [...built, ...Object.values(this.outputs)].flatMap(({ parameters }) => parameters);
    this.dropoutSites = Object.fromEntries([
      ["heard", steps.width],
      ...built.map((layer, i) => [siteOf(i), layer.width] as const),
    ]);
  }

  read(net: Net, context: TranscriberContext): Transcribed {
    const { states, x } = context;
    const carried: Record<string, Tensor> = {};
    const own = Object.fromEntries(this.states.map((each) => [each, part(states, each)]));
    let inputs: Tensors = { x: net.keep("heard", this.steps.read(net, x)), ...named(own) };
    this.layers.forEach((layer, i) => {
      const heard = layer.hear(net, inputs, context);
      Object.assign(carried, heard.carried);
      inputs = { below: net.keep(siteOf(i), heard.h) }; // [T, B, ·]
    });
    const told = Object.entries(this.outputs).map(([field, layer], i) => [
      field,
      {
        logits: layer.apply(net, { heard: part(inputs, "below") }), // [T, B, K]
        weight: i === 0 ? 1 : this.besideWeight,
      },
    ]);
    return { told: Object.fromEntries(told), carried };
  }
}

/** The dropout site above a layer. */
const siteOf = (layer: number): string => `heard.${layer}`;

/** Parts of the model's state by names that cells have none of. */
const named = <Value>(parts: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(parts).map(([name, value]) => [`state.${name}`, value]));

/** Zeros, `[B, units]`. @param inputs `[T, B, ·]` */
function atRest(inputs: Tensors, units: number): Tensor {
  const { dtype, shape } = Object.values(inputs)[0] as Tensor;
  return filledLike({ dtype, shape: [...(shape.slice(1, -1) as Shape), units] }, 0);
}
