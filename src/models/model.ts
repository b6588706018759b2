/**
 * The contract of a model of sequences. A model states distributions at one moment; what is done with them (unrolling
 * over time, generating, following by particles, streaming, exporting) is derived once, for all models.
 *
 * What you implement: a `LatentModel` (latent variables with a prior and a posterior: VRNN, STORN, SRNN …) or an
 * `ExactModel` (a likelihood without a bound: HMM, Kalman filter). What you inherit: `step.ts` (one step of data, one
 * step generated), `unroll.ts` (whole sequences), `generate.ts`, `particles.ts`, and everything built on them.
 *
 * All shapes are those of one moment, `[..., ·]`: the leading axes may be `[B]`, `[B, N]` (particles) or, where a value
 * is computed for all steps at once, `[T, B]`. A model never asks which.
 */
import type { ConditionColumn, LabelSpan, Sequence } from "../data/dataset.ts";
import type { InputSpec } from "../data/inputs.ts";
import type { Scaling } from "../data/scaling.ts";
import type { Emission, LastSeen, MissingRule } from "../distributions/emission.ts";
import type { LatentDistribution } from "../distributions/latent/distribution.ts";
import type { Tensor } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Net } from "../nn/net.ts";
import type { Parameter, Sizes } from "../nn/parameters.ts";
import type { Random } from "../random/generator.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** The shapes of named tensors behind the leading axes: `{ h: [64] }` is h `[..., 64]`. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** Some values and which of them are known. */
export interface Observed {
  /** `[..., D]`, scaled as in a batch; anything where the mask is 0. */
  readonly values: Tensor;
  /** `[..., D]`: 1 where the entry was observed. */
  readonly mask: Tensor;
  /** Of a model whose emission leans on it: what was seen before the step. */
  readonly last?: LastSeen | undefined;
}

/** An input of a model beside the data and its condition: a source to read, a label, lengths; of a field of the data set. */
export type ModelInput = Omit<InputSpec, "name">;

/** One step of data as it is fed. */
export interface Observation {
  /** int64: the ids of tokens. */
  readonly dtype: "float32" | "int64";
  /** Behind the axes of time and batch; their product is the model's width. */
  readonly shape: readonly number[];
}

/** What is known beside the data. */
export interface Known {
  /** Of a model with conditions: for each step. */
  readonly condition?: Observed;
  /** What the model declared as `inputs`. */
  readonly inputs: Tensors;
}

/** What holds at each step, and what holds throughout. */
export interface OverTime {
  /** One value a step: `[T, B, ·]` of whole sequences, `[B, ·]` of one step. */
  readonly slices: Tensors;
  /** `[B, ·]` */
  readonly fixed: Tensors;
}

/** Of a model to which nothing is given, or whose posteriors take no evidence. */
export const nothingGiven: OverTime = { slices: {}, fixed: {} };

/** Whole sequences as evidence reads them. */
export interface WholeSequences {
  /** What `features` gave, `[T, ..., ·]`. */
  readonly x: Tensors;
  /** `[T, ..., 1]`: 1 where anything was observed. */
  readonly anything: Tensor;
  /** Of a model with `advance`: what x moved, before each step, `[T, ..., ·]`. */
  readonly past: Tensors;
  readonly given: OverTime;
}

/** What prior and emission may read: the past, and what is known. Never the step itself, never the future. */
export interface PriorContext {
  /** The model's state and its `past` before the step. */
  readonly state: State;
  /** The draws of blocks before this one, by name, `[..., ...shape]`. */
  readonly above: Tensors;
  /** What `given` gave, slices of this step and fixed parts. */
  readonly given: Tensors;
}

/** What a posterior reads beside. */
export interface PosteriorContext extends PriorContext {
  /** What `features` gave of this step. Absent parts: a block of a whole sequence has none. */
  readonly x: Tensors;
  /** What `evidence` gave. */
  readonly evidence: Tensors;
  readonly prior: LatentDistribution;
}

/** A group of latent variables that are drawn together. */
export interface LatentBlock {
  readonly name: string;
  /** Behind the leading axes. */
  readonly shape: readonly [number];
  /** Of variables at the places of a map: `[channels, rows, columns]`, in the order in which they stand; absent: they have no place. */
  readonly map?: readonly [number, number, number];
  /** Whether they are drawn anew at each step, or once for the whole sequence. */
  readonly at: "step" | "sequence";
  /** How many standard normal numbers the draw of a variable takes, that of its prior or its posterior; 1 unless told. */
  readonly normals?: number;
  /** p(z | past); of a sequence's block p(z | what is known). */
  prior(net: Net, context: PriorContext): LatentDistribution;
  /**
   * q(z | x, past), of a sequence's block q(z | evidence); absent: the prior. The derivation puts the prior where nothing
   * was observed. It may be of another family than the prior.
   */
  posterior?(net: Net, context: PosteriorContext): LatentDistribution;
}

/** Where each column's value of a season ago stands among the conditions, and how it is scaled there; undefined: nowhere. */
export type SeasonPlaces = readonly ({ readonly place: number; readonly scaling: Scaling } | undefined)[];

/** What tells labels from the states that a sequence went through. */
export interface Readout {
  /** The field that the label stands in. */
  readonly field: string;
  readonly over: LabelSpan;
  /** What it takes beside the states and the data; absent: nothing. */
  readonly inputs?: Readonly<Record<string, ModelInput>>;
  /** The logit of each level, `[B, L]` over a sequence and `[T, B, L]` over steps. */
  logits(net: Net, context: ReadoutContext): Tensor;
}

/** What tells labels reads. */
export interface ReadoutContext {
  /** The parts of the state after each step, `[T, B, ·]`. */
  readonly states: State;
  /** The data, `[T, B, D]`. */
  readonly x: Observed;
  /** What it declared as `inputs`. */
  readonly inputs: Tensors;
}

/**
 * What tells symbols in their order whose times are not known, such as the phones or letters of speech: at each step how likely
 * each is, and level 0, the blank, that none is told (Graves et al. 2006).
 */
export interface Transcriber {
  /** How many levels each field of transcripts has, the blank among them; the first is what is decoded. */
  readonly heads: Sizes;
  /** What it carries from step to step; nothing where it also reads backwards, and cannot follow live data. */
  readonly state: Shapes;
  /** What it takes beside the states and the data; absent: nothing. */
  readonly inputs?: Readonly<Record<string, ModelInput>>;
  /** What it tells of each field, and what it carries on. */
  read(net: Net, context: TranscriberContext): Transcribed;
}

/** What is told of a field of transcripts. */
export interface ToldSymbols {
  /** `[T, B, K]` */
  readonly logits: Tensor;
  /** What a nat of it costs in training beside one of the first field. */
  readonly weight: number;
}

/** What a transcriber reads. */
export interface TranscriberContext extends ReadoutContext {
  /** What it carried after the step before the first; absent: zeros. */
  readonly carried?: State;
}

/** What a transcriber tells of sequences. */
export interface Transcribed {
  /** By field. */
  readonly told: Readonly<Record<string, ToldSymbols>>;
  /** After the last step. */
  readonly carried: State;
}

/** Something that a model tells beside its sequences. */
export interface Aside {
  /** How much a nat of it costs in training beside a nat of the objective. */
  readonly weight: number;
  /** What nats are taken over. */
  readonly per: "sequences" | "observedSteps";
  /** What it is held against, beside the data; absent: nothing. */
  readonly inputs?: Readonly<Record<string, ModelInput>>;
  /** −log p of it, summed over the rows: a scalar. */
  nats(context: AsideContext): Tensor;
}

/** What is told, and what it is held against. */
export interface AsideContext {
  /** What `given` gave, its fixed parts. */
  readonly given: Tensors;
  /** What it declared as `inputs`. */
  readonly inputs: Tensors;
  /** The data and their mask, `[T, B, D]`. */
  readonly x: Tensor;
  readonly mask: Tensor;
}

/** What all models state. */
interface ModelBase {
  /** Everything that is trained. */
  readonly parameters: readonly Parameter[];
  /** D: how many entries a step of data has. */
  readonly width: number;
  /**
   * How a step of data is fed where it is no row of D numbers, each with a mask of its own: a picture
   * `{ dtype: "float32", shape: [16, 16] }`, a token `{ dtype: "int64", shape: [] }`; one mask tells of the whole step. The
   * model itself sees D numbers all the same.
   */
  readonly observation?: Observation;
  /**
   * Whether sequences bring units of their own: `units.shift`, `units.scale` and `units.cell` are then inputs, which the
   * emission reads. Absent: all are scaled by the columns' statistics, which are constants of the programs.
   */
  readonly units?: boolean;
  /** The parts of the recurrent state; zeros before the first step unless `initial` says otherwise. */
  readonly state: Shapes;
  /** What it takes beside the data; absent: nothing. */
  readonly conditions?: readonly ConditionColumn[];
  /** Where conditions say what its columns were a season ago, of an emission that is placed around that. */
  readonly seasons?: SeasonPlaces | undefined;
  readonly inputs?: Readonly<Record<string, ModelInput>>;
  /** What tells labels; its parameters are among the model's. Absent: the model tells none. */
  readonly readout?: Readout;
  /** What tells transcripts; its parameters are among the model's. Absent: the model tells none. */
  readonly transcriber?: Transcriber;
  /** Where dropout may act, with the width of the values there. */
  readonly dropoutSites: Sizes;
  /** The same where `given`, or what tells labels, reads along a source, `[S, B, width]`; absent: nowhere. */
  readonly sourceSites?: Sizes;
  /** The matrices by which a state makes the next one, by their names, which DropConnect may act on; absent: none. */
  readonly recurrentWeights?: readonly string[];
  /** What a model reads of a step of data, for all steps at once. Missing entries must have no effect. */
  features(net: Net, x: Observed): Tensors;
  /** What everything may read: an encoded condition, the memory of a source. */
  given?(net: Net, known: Known): OverTime;
  /**
   * Of a model that also tells which tokens a sequence has, whatever their order, by its latent variables alone: the logit of
   * each, `[B, V]`. Training makes it likely beside (`objectives/auxiliary.ts`); nothing else reads it.
   */
  bagOfWords?(net: Net, z: Tensors): Tensor;
  /**
   * What it also tells of sequences by what is `given` alone, such as the class of a picture that is described: training makes it
   * likely beside (`objectives/auxiliary.ts`); nothing else reads it.
   */
  readonly asides?: Readonly<Record<string, Aside>>;
  /** The state before the first step; absent: zeros. @param context `above` has the draws of sequence blocks */
  initial?(net: Net, context: Pick<PriorContext, "given" | "above">): State;
}

/**
 * A model with latent variables, and a bound on its likelihood:
 * p(x, z) = Π p(z_t | past) p(x_t | z_t, past), q(z | x) = Π q(z_t | …).
 */
export interface LatentModel extends ModelBase {
  /** In the order of drawing: a later block reads the draws of earlier ones. Blocks of sequences come first. */
  readonly latents: readonly LatentBlock[];
  /** The distribution of the data given the parameters that `emissionParameters` computes. */
  readonly emission: Emission;
  /** What x alone moves (the d of an SRNN): its parts, zeros before the first step. */
  readonly past?: Shapes;
  /** The past after a step. @param x what `features` gave */
  advance?(net: Net, past: State, x: Tensors, given: Tensors): State;
  /** What posteriors may read of whole sequences, the future included: such models are not causal. */
  evidence?(net: Net, sequences: WholeSequences): OverTime;
  /** What training also makes likely beside, of a model whose evidence is to be told by its latent variables. */
  readonly zForcing?: ZForcing;
  /** What the network tells of p(x_t | z_t, past), `[..., outputs]` of the emission; z has the draws of all blocks. */
  emissionParameters(net: Net, context: EmissionContext): Tensor;
  /** The state after a step. */
  transition(net: Net, context: TransitionContext): State;
  /** Of a model that looks places of its source up: how much each counts in what is said of the step, `[..., S]`, 1 in sum. */
  attentionWeights?(net: Net, context: Pick<PriorContext, "state" | "given">): Tensor;
}

/**
 * The auxiliary cost of Goyal et al., "Z-Forcing: Training Stochastic Recurrent Networks" (2017), eq. 9: latent variables tell what the
 * posterior has read of the future, so that they are not passed over.
 */
export interface ZForcing {
  /** How much a nat of it counts beside a nat of the bound. */
  readonly weight: number;
  /** log p(evidence of each step | z_t), `[T, B]`; no gradient flows into the evidence. @param states after each step */
  logProb(net: Net, states: State, evidence: Tensors): Tensor;
}

/** What an emission reads: the past, the draws of all blocks, and what is known. */
export interface EmissionContext {
  readonly state: State;
  readonly z: Tensors;
  readonly given: Tensors;
}

/** What a transition reads beside: the step itself. */
export interface TransitionContext extends EmissionContext {
  /** What `features` gave of the step. */
  readonly x: Tensors;
}

/**
 * A model whose likelihood needs no bound: its state is a belief, what is known of the hidden state before a step.
 */
export interface ExactModel extends ModelBase {
  /** How many random numbers one step of `sample` takes. */
  readonly draws: { readonly uniforms: number; readonly normals: number };
  /**
   * log p(x_t | x_<t) by the chain rule over the entries of the row, log p(x_td | x_t1 … x_t(d−1), x_<t) `[..., D]`,
   * anything where one is missing; and the belief after x_t was seen and time went on.
   */
  filter(net: Net, context: FilterContext): { readonly logProb: Tensor; readonly state: State };
  /**
   * The belief once the observed entries of x_t were seen and before time goes on: `sample` and `mean` then tell of the
   * missing ones. Absent: these are told of by the prediction of the whole row, and there is no smoothing.
   */
  update?(net: Net, context: FilterContext): State;
  /** What later steps tell of a belief. Absent: nothing is learned from them. */
  readonly smooth?: Smoothing;
  /** How the likeliest path is found, of a hidden state that is one of K. */
  readonly paths?: LikeliestPaths;
  /**
   * A draw from p(x_t | x_<t), `[..., D]`. Where `observed` is told, of a belief that has seen it, the missing entries are
   * drawn given the others; anything stands where one was observed.
   */
  sample(net: Net, context: SampleContext, draws: ExactDraws): Tensor;
  /** The mean of p(x_t | x_<t), `[..., D]`. */
  mean(net: Net, context: Omit<FilterContext, "x">): Tensor;
  /**
   * Iterations of expectation maximisation on the host, without end, of a model that is learnt so.
   *
   * @param weights `[P]` to begin with @param sequences in the units of the data
   */
  expectationMaximisation?(weights: Float32Array, sequences: readonly Sequence[]): Iterable<EmIteration>;
  /** Where these iterations begin. Absent: with the first weights of all parameters, once. */
  readonly restarts?: Restarts;
  /** How many numbers it is free in: its weights less those that others tell. */
  readonly freeParameters?: number;
}

/** Starts of expectation maximisation, of which the likeliest goes on. */
export interface Restarts {
  readonly count: number;
  /** Weights to begin with, drawn from the data. @param weights `[P]`: the first ones of all parameters */
  start(weights: Float32Array, sequences: readonly Sequence[], random: Random): Float32Array;
}

/** One iteration of expectation maximisation. */
export interface EmIteration {
  /** `[P]`: after it. */
  readonly weights: Float32Array;
  /** The log-likelihood of all sequences before it, in nats. */
  readonly logLikelihood: number;
}

/** What a filter reads: the belief, the step, and what is known. */
export interface FilterContext {
  readonly state: State;
  readonly x: Tensors;
  readonly given: Tensors;
}

/** What a draw from a belief reads. */
export interface SampleContext extends Omit<FilterContext, "x"> {
  /** What was observed of the step. */
  readonly observed?: Observed;
}

/** The backward half of inference in a chain of hidden states: one step, from which whole sequences are derived. */
export interface Smoothing {
  /**
   * p(s_t | x_1 … x_T) out of what is known in the end of s_{t+1}. Where that is one state for sure, as `draw` gives it,
   * the result is p(s_t | s_{t+1}, x_≤t), from which a path is drawn backwards.
   */
  backward(net: Net, context: SmoothingContext): State;
  /** A hidden state drawn from a belief, as a belief that is sure of it. It takes the random numbers of `sample`. */
  draw(net: Net, context: Omit<FilterContext, "x">, draws: ExactDraws): State;
}

/** The likeliest path of a hidden state of K values: one step of Viterbi's algorithm, from which whole paths are derived. */
export interface LikeliestPaths {
  /** K */
  readonly states: number;
  /** What is known before the first step, of a belief before it. */
  begin(belief: State): State;
  /**
   * What is known after a step; and of each state at it, the place of the state before on the likeliest path that leads there,
   * `[..., K]` (anything at the first step).
   */
  step(net: Net, context: FilterContext): { readonly state: State; readonly from: Tensor };
  /** How likely the likeliest path to each state of the last step is, `[..., K]`, up to what all have. */
  scores(state: State): Tensor;
}

/** What a step backward reads. */
export interface SmoothingContext {
  /** p(s_t | x_≤t), what `update` gave. */
  readonly state: State;
  /** p(s_{t+1} | x_≤t), what `filter` gave. */
  readonly predicted: State;
  /** p(s_{t+1} | x_1 … x_T), or a state for sure. */
  readonly later: State;
  readonly given: Tensors;
}

/** Random numbers for one step drawn from a belief. */
export interface ExactDraws {
  /** `[..., uniforms]` in (0, 1) */
  readonly uniform: Tensor;
  /** `[..., normals]` */
  readonly normal: Tensor;
  /** Scalar: 1 draws from the distribution, less draws closer to its centre. */
  readonly temperature: Tensor;
}

/** Any model. */
export type Model = LatentModel | ExactModel;

/** Whether a model is of the kind that has a bound. */
export const isLatent = (model: Model): model is LatentModel => "latents" in model;

/** The width of all latent variables together: Z. */
export const latentWidth = (model: Model): number =>
  isLatent(model) ? model.latents.reduce((all, { shape }) => all + shape[0], 0) : 0;

/** How many standard normal numbers one draw of some blocks takes. */
export const noiseOf = (blocks: readonly LatentBlock[]): number =>
  blocks.reduce((all, { shape, normals = 1 }) => all + shape[0] * normals, 0);

/** How many standard normal numbers a step's draw of all latent variables takes: the width of `noise`. */
export const noiseWidth = (model: Model): number => (isLatent(model) ? noiseOf(model.latents) : 0);

/** What a model can be asked to do; operations check it. */
export interface Capabilities {
  /** Its posterior reads no future: it filters and streams without particles. */
  readonly causal: boolean;
  /** Sequences may be cut into windows with the state carried over. */
  readonly windowed: boolean;
  /** Its bound is its likelihood. */
  readonly exact: boolean;
  /** A posterior of each step leads its particles; those of others are drawn from the prior and have to be weighed. */
  readonly guided: boolean;
  /** What came later tells of hidden states, exactly: gaps are filled by whole paths, without particles. */
  readonly smooths: boolean;
  /** What it does with rows of which only some entries were observed. */
  readonly missing: MissingRule;
}

/** Whether a block is drawn once by a posterior, which has to have read the sequence. */
const readsWhole = ({ at, posterior }: LatentBlock): boolean => at === "sequence" && posterior !== undefined;

/** An exact model that learns from later steps. */
export type SmoothingModel = ExactModel & Required<Pick<ExactModel, "smooth" | "update">>;

/** Whether a model learns from later steps what hidden states were. */
export const canSmooth = (model: Model): model is SmoothingModel =>
  !isLatent(model) && model.smooth !== undefined && model.update !== undefined;

/**
 * What a model can be asked to do.
 *
 * @example
 * capabilitiesOf(new Vrnn({ columns, hidden: 8, latent: 2 }));
 * // { causal: true, windowed: true, exact: false, guided: true, smooths: false,
 * //   missing: "exact" }
 */
export function capabilitiesOf(model: Model): Capabilities {
  if (!isLatent(model)) {
    const smooths = canSmooth(model);
    return { causal: true, windowed: true, exact: true, guided: true, smooths, missing: "exact" };
  }
  const { latents, evidence, emission } = model;
  const causal = evidence === undefined && !latents.some(readsWhole);
  return {
    causal,
    windowed: !latents.some(({ at }) => at === "sequence"),
    exact: latents.length === 0,
    guided: causal && latents.every(({ at, posterior }) => at === "step" && posterior !== undefined),
    smooths: false,
    missing: emission.missing,
  };
}
