/**
 * A recurrent network that writes tokens about a source, whatever that is, and looks up at each step what it needs of it (Bahdanau,
 * Cho and Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015), in the form of a conditional
 * gated recurrent unit (Sennrich et al., "Nematus: a Toolkit for Neural Machine Translation", EACL 2017). Encoders of sources differ,
 * this is the one decoder.
 *
 * With latent variables it is a variational one: one z for the whole text (Zhang et al., "Variational Neural Machine Translation",
 * EMNLP 2016), or one a step (Su et al., "Variational Recurrent Neural Machine Translation", AAAI 2018), both with a prior that the
 * source tells, and a posterior that has read what was written.
 */

import { BEGIN } from "../data/text/tokens.ts";
import { categoricalOver } from "../distributions/categorical.ts";
import type { Emission } from "../distributions/emission.ts";
import { type LatentFamilyName, latentFamilies } from "../distributions/latent/families.ts";
import type { LatentFamily } from "../distributions/latent/family.ts";
import { add, cast, filledLike, greater, mul, squeeze, type Tensor, tanh, where } from "../graph/index.ts";
import { AdditiveAttention, type AttentionMemory } from "../nn/attention.ts";
import { GRU, type State } from "../nn/cells.ts";
import { Embedding } from "../nn/embedding.ts";
import { Linear } from "../nn/linear.ts";
import type { Net } from "../nn/net.ts";
import { type Parameter, type Sizes, values as startingAt } from "../nn/parameters.ts";
import { part, partsOf } from "../nn/parts.ts";
import { requireLatents } from "./latent-family.ts";
import type {
  EmissionContext,
  Known,
  LatentBlock,
  LatentModel,
  ModelInput,
  Observed,
  OverTime,
  PriorContext,
  Tensors,
  TransitionContext,
} from "./model.ts";
import { noBag } from "./vrnn/bag.ts";
import { LatentLayers, type LatentOptions } from "./vrnn/latent.ts";
import { SequenceLatent } from "./vrnn/sequence-latent.ts";
import type { LatentScope } from "./vrnn/vrnn.ts";

/** The widths of what writes. */
export interface WriterOptions {
  /** V: how many tokens there are. */
  readonly tokens: number;
  /** E: how many numbers stand for a token; the same table reads tokens and says what comes next. */
  readonly embedding: number;
  /** H: of the state. */
  readonly hidden: number;
  /** Z: how many latent variables there are; 0: none. */
  readonly latent: number;
  /** What they are of: the whole text unless told. */
  readonly latentScope?: LatentScope;
  /** Whether those of the whole text also tell which tokens are written; not unless told. */
  readonly bagOfWords?: boolean;
  /** How they are distributed; normally unless told. */
  readonly latentFamily?: LatentFamilyName;
}

/** What reads a source for a writer. */
export interface SourceEncoder {
  readonly parameters: readonly Parameter[];
  /** M: of each place of the memory, and of the summary. */
  readonly width: number;
  /** The widths of what else it tells of the source, which every step of the writer reads; absent: nothing. */
  readonly told?: Sizes;
  readonly inputs: Readonly<Record<string, ModelInput>>;
  /** Where dropout acts in it, along the places of the source. */
  readonly sourceSites: Sizes;
  /** Where it acts once for a source: a site keeps `[T, B, width]`, of which the first step counts; absent: nowhere. */
  readonly dropoutSites?: Sizes;
  read(net: Net, inputs: Tensors): ReadSource;
}

/** What was read of a source. */
export interface ReadSource {
  /** `[B, S, M]` */
  readonly memory: Tensor;
  /** Which places there are, bool `[B, S]`; absent: all. */
  readonly present?: Tensor;
  /** What it comes to as a whole, `[B, M]`. */
  readonly summary: Tensor;
  /** `[B, ·]` each: by the names of the encoder's `told`, and what only training reads. */
  readonly told?: Tensors;
}

/** The table of tokens that a writer has, which an encoder of texts may read by too. */
export interface TokenTable {
  readonly parameters: readonly Parameter[];
  /** The rows of tokens, `[..., E]`. @param ids int64 `[...]` */
  rows(net: Net, ids: Tensor): Tensor;
  /** The products of a vector with all rows, `[..., V]`. */
  logits(net: Net, x: Tensor): Tensor;
}

/** A table whose rows are as large as other values: they begin small, as they also say what comes next. */
export function tokenTable(tokens: number, size: number): TokenTable {
  const table = new Embedding("embedding", tokens, size);
  return {
    parameters: table.parameters,
    rows: (net, ids) => mul(table.rows(net, ids), Math.sqrt(size)),
    logits: (net, x) => table.logits(net, x),
  };
}

/**
 * What writes about a source, with E for the width of a token, H for that of the state:
 * s' = GRU(h, y), c = attention(s'; source), h' = GRU(s', c, z), p(x) = softmax(Eᵀ tanh(h', c, y, z)).
 */
export abstract class AttentiveWriter implements LatentModel {
  readonly width = 1;
  readonly observation = { dtype: "int64", shape: [] } as const;
  readonly inputs: Readonly<Record<string, ModelInput>>;
  readonly parameters: readonly Parameter[];
  readonly state;
  readonly latents: readonly LatentBlock[];
  readonly emission: Emission;
  readonly dropoutSites: Sizes;
  readonly sourceSites: Sizes;
  readonly recurrentWeights = ["decoder.read.h.weight", "decoder.move.h.weight"];
  /** What the posterior of one z for all reads of what is written. */
  readonly evidence?: NonNullable<LatentModel["evidence"]>;
  /** Of z of the whole text, where it is asked for. */
  readonly bagOfWords?: NonNullable<LatentModel["bagOfWords"]>;
  private readonly table: TokenTable;
  private readonly encoder: SourceEncoder;
  private readonly lookUp: AdditiveAttention;
  private readonly first: Linear;
  private readonly reading: GRU;
  private readonly moving: GRU;
  private readonly output: Linear;
  /** Absent without latent variables. */
  private readonly latent: LatentLayers | SequenceLatent | undefined;

  /** @throws VrnnError `model/bag-of-words`, and for latent variables of a family that has none */
  protected constructor(options: WriterOptions, table: TokenTable, encoder: SourceEncoder) {
    const { tokens, embedding, hidden, latent, latentScope = "sequence", latentFamily = "normal" } = options;
    const { bagOfWords = false } = options;
    requireLatents(latent, latentFamily);
    const bag = bagOfWords ? tokens : undefined;
    const widths: Widths = { hidden, latent, embedding, family: latentFamilies[latentFamily], bag };
    this.table = table;
    this.encoder = encoder;
    this.inputs = encoder.inputs;
    const { width: context, told = {} } = encoder;
    this.lookUp = new AdditiveAttention("attention", { query: hidden, memory: context }, hidden);
    this.first = new Linear("first", { summary: context, ...told }, hidden);
    const drawn: Sizes = latent > 0 ? { z: hidden } : {};
    this.reading = new GRU("decoder.read", { x: embedding }, hidden);
    this.moving = new GRU("decoder.move", { context, ...told, ...drawn }, hidden);
    this.output = new Linear("output", { h: hidden, context, y: embedding, ...drawn }, embedding);
    this.emission = categoricalOver(Array<number>(tokens).fill(1 / tokens));
    const whole = latent > 0 && latentScope === "sequence" ? this.wholeLatent(widths) : undefined;
    if (whole !== undefined) this.evidence = (net, sequences) => whole.evidence(net, sequences);
    if (whole?.bagOfWords) this.bagOfWords = whole.bagOfWords;
    else if (bagOfWords) throw noBag(latent);
    this.latent = whole ?? (latent > 0 ? this.stepLatent(widths) : undefined);
    this.latents = this.latent === undefined ? [] : [this.latent.block];
    this.state = { h: [hidden], asked: [hidden], context: [context], y: [embedding] };
    this.dropoutSites = { x: embedding, ...drawn, decoder: embedding, ...encoder.dropoutSites };
    this.sourceSites = encoder.sourceSites;
    const bias = {
      name: "emission.bias",
      shape: [tokens],
      initialise: startingAt(Array<number>(tokens).fill(0)),
    };
    const { lookUp, first, reading, moving, output } = this;
    const layers = [table, encoder, lookUp, first, reading, moving, output, this.latent];
    this.parameters = [...layers.flatMap((layer) => layer?.parameters ?? []), bias];
  }

  /** What was read of the source: a memory `[B, S, M]`, what it comes to `[B, M]`, and what else is told of it. */
  given(net: Net, { inputs }: Known): OverTime {
    const { memory, present, summary, told } = this.encoder.read(net, inputs);
    return { slices: {}, fixed: { summary, ...this.lookUp.prepare(net, memory, present), ...told } };
  }

  /** The state that knows of the source alone, and has been told to begin. */
  initial(net: Net, { given, above }: Pick<PriorContext, "given" | "above">): State {
    const summary = part(given, "summary"); // [..., 2H]
    const h = tanh(this.first.apply(net, { summary, ...this.toldIn(given) })); // [..., H]
    const begin = filledLike({ dtype: "int64", shape: summary.shape.slice(0, -1) }, BEGIN); // [...]
    return this.moved(net, { h, y: this.table.rows(net, begin), given, z: above });
  }

  /** What the decoder reads of a token, `[..., E]`. */
  features(net: Net, { values, mask }: Observed): Tensors {
    const ids = cast(squeeze(where(greater(mask, 0), values, 0), -1), "int64"); // [...]
    const x = where(greater(mask, 0), this.table.rows(net, ids), 0); // [..., E]
    const heard = { x: net.keep("x", x) };
    return this.evidence === undefined ? heard : { ...heard, whole: x };
  }

  /** The logit of each token, `[..., V]`. */
  emissionParameters(net: Net, { state, z }: EmissionContext): Tensor {
    const told = tanh(this.output.apply(net, { ...state, ...this.drawn(net, z) })); // [..., E]
    return add(this.table.logits(net, net.keep("decoder", told)), net.weight("emission.bias"));
  }

  transition(net: Net, { state, x, z, given }: TransitionContext): State {
    return this.moved(net, { h: part(state, "h"), y: part(x, "x"), given, z });
  }

  attentionWeights(net: Net, { state, given }: Pick<PriorContext, "state" | "given">): Tensor {
    return this.lookUp.read(net, part(state, "asked"), sourceIn(given)).shares;
  }

  /** The state once a token was read: it moves the state, which asks the source, which moves the state again. */
  private moved(
    net: Net,
    {
      h,
      y,
      given,
      z,
    }: { readonly h: Tensor; readonly y: Tensor; readonly given: Tensors; readonly z: Tensors },
  ): State {
    const asked = part(this.reading.step(net, { x: y }, { h }), "h"); // [..., H]
    const { context } = this.lookUp.read(net, asked, sourceIn(given)); // [..., 2H]
    const { h: after } = this.moving.step(
      net,
      { context, ...this.toldIn(given), ...this.drawnAt(net, z, h) },
      { h: asked },
    );
    return { h: after!, asked, context, y };
  }

  /** What the encoder tells beside its memory. */
  private toldIn(given: Tensors): Tensors {
    return partsOf(given, Object.keys(this.encoder.told ?? {}));
  }

  /** φ(z), `[..., H]`, of a model that draws any. */
  private drawn(net: Net, z: Tensors): Tensors {
    return this.latent === undefined ? {} : { z: this.latent.features(net, z) };
  }

  /** The same before the first step, where those of steps are yet to be drawn: they count as 0. @param like `[..., H]` */
  private drawnAt(net: Net, z: Tensors, like: Tensor): Tensors {
    const [block] = this.latents;
    if (block === undefined || z[block.name] !== undefined) return this.drawn(net, z);
    return this.drawn(net, {
      [block.name]: filledLike({ dtype: like.dtype, shape: [...like.shape.slice(0, -1), ...block.shape] }, 0),
    });
  }

  private wholeLatent({ hidden, latent, embedding, family, bag }: Widths): SequenceLatent {
    const known = { summary: this.encoder.width };
    const reads = { reads: embedding, cell: "gru", layerNorm: false } as const;
    return new SequenceLatent({ known, hidden, latent, family, ...reads, bag });
  }

  private stepLatent({ hidden, latent, embedding, family }: Widths): LatentLayers {
    const visible = { h: hidden, context: this.encoder.width };
    const see: LatentOptions["see"] = (_, { state }) => partsOf(state, Object.keys(visible));
    const ways = { family, prior: "state", residual: true, layerNorm: false } as const;
    return new LatentLayers({ visible, reads: embedding, hidden, latent, see, ...ways });
  }
}

interface Widths extends Pick<WriterOptions, "hidden" | "latent" | "embedding"> {
  readonly family: LatentFamily;
  /** Of how many tokens z tells a bag. */
  readonly bag: number | undefined;
}

const sourceIn = (given: Tensors): AttentionMemory => {
  const { memory, keys, present } = given;
  return { memory: memory!, keys: keys!, ...(present && { present }) };
};
