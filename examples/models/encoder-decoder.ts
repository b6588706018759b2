/**
 * What reads one sequence and writes another of a length of its own: an encoder, and a decoder that looks up what it needs at
 * each step (Bahdanau, Cho and Bengio, "Neural machine translation by jointly learning to align and translate", ICLR 2015).
 * It has no latent variables, so its bound is its likelihood.
 */
import {
  AdditiveAttention,
  type AttentionMemory,
  categoricalOver,
  Embedding,
  type EmissionContext,
  GRU,
  graph as g,
  type Known,
  type LatentModel,
  Linear,
  type Net,
  type Observed,
  PAD,
  type PriorContext,
  type Tensors,
  type TransitionContext,
  withinLengths,
} from "vrnn";

export interface EncoderDecoderOptions {
  /** V: the ids of the vocabulary, of what is read and of what is written. */
  readonly tokens: number;
  /** H */
  readonly hidden: number;
  /** Without it the decoder knows no more than the encoder's last state (Sutskever, Vinyals and Le 2014). */
  readonly attends: boolean;
}

export class EncoderDecoder implements LatentModel {
  readonly width = 1;
  readonly observation = { dtype: "int64", shape: [] } as const;
  readonly inputs = {
    source: { field: "source", what: "ids", dtype: "int64", shape: ["S", "B"] },
    lengths: { field: "source", what: "lengths", dtype: "int64", shape: ["B"] },
  } as const;
  readonly state: { readonly h: readonly number[] };
  readonly latents = [];
  readonly emission;
  readonly dropoutSites = {};
  private readonly hidden: number;
  private readonly embedding: Embedding;
  private readonly encoder: GRU;
  private readonly attention: AdditiveAttention | undefined;
  private readonly first: Linear;
  private readonly decoder: GRU;
  private readonly output: Linear;

  constructor({ tokens, hidden, attends }: EncoderDecoderOptions) {
    const context: { readonly context?: number } = attends ? { context: hidden } : {};
    this.hidden = hidden;
    this.state = { h: [hidden] };
    this.emission = categoricalOver(Array<number>(tokens).fill(1 / tokens));
    this.embedding = new Embedding("embedding", tokens, hidden / 2);
    this.encoder = new GRU("encoder", { x: hidden / 2 }, hidden);
    this.attention = attends
      ? new AdditiveAttention("attention", { query: hidden, memory: hidden }, hidden)
      : undefined;
    this.first = new Linear("first", { summary: hidden }, hidden);
    this.decoder = new GRU("decoder", { x: hidden / 2, ...context }, hidden);
    this.output = new Linear("output", { h: hidden, ...context }, tokens);
  }

  get parameters() {
    const { embedding, encoder, attention, first, decoder, output } = this;
    const parts = [embedding, encoder, first, decoder, output, ...(attention ? [attention] : [])];
    return parts.flatMap(({ parameters }) => parameters);
  }

  /** The source, read from its end to its beginning, as a memory `[B, S, H]`, and the state in which that ends, `[B, H]`. */
  given(net: Net, { inputs: { source, lengths } }: Known) {
    const x = g.reverseWithin(this.embedding.rows(net, source!), lengths!); // [S, B, H/2]
    const present = withinLengths(lengths!, source!.shape[0]!); // [B, S]
    const { state, outputs } = g.scan({
      state: { h: g.filledLike({ dtype: "float32", shape: ["B", this.hidden] }, 0) },
      over: { x, isPresent: g.unsqueeze(g.transpose(present, [1, 0]), -1) }, // [S, B, ·]
      step: ({ h }, { x, isPresent }) => {
        const { h: next } = this.encoder.step(net, { x }, { h });
        const kept = g.where(isPresent, next!, h); // [B, H]: what pads a row leaves its state alone
        return { state: { h: kept }, outputs: { h: kept } };
      },
    });
    const memory = g.transpose(outputs.h, [1, 0, 2]); // [B, S, H]
    return { slices: {}, fixed: { summary: state.h, ...this.attention?.prepare(net, memory, present) } };
  }

  initial(net: Net, { given: { summary } }: Pick<PriorContext, "given">) {
    return { h: g.tanh(this.first.apply(net, { summary: summary! })) }; // [B, H]
  }

  features(net: Net, { values, mask }: Observed) {
    const ids = g.cast(g.squeeze(g.where(g.greater(mask, 0), values, PAD), -1), "int64"); // [...]
    return { x: this.embedding.rows(net, ids) }; // [..., H/2]
  }

  emissionParameters(net: Net, { state, given }: EmissionContext) {
    return this.output.apply(net, { ...state, ...this.lookUp(net, state["h"]!, given) }); // [..., V]
  }

  transition(net: Net, { state, x, given }: TransitionContext) {
    return this.decoder.step(net, { ...x, ...this.lookUp(net, state["h"]!, given) }, state);
  }

  /** What the decoder finds in the source, `[B, H]`. */
  private lookUp(net: Net, h: g.Tensor, { memory, keys, present }: Tensors): { readonly context?: g.Tensor } {
    if (this.attention === undefined) return {};
    const { context } = this.attention.read(net, h, { memory, keys, present } as unknown as AttentionMemory);
    return { context };
  }
}
