/** The likeliest texts that a model of tokens could write, by beam search. */
import { BEGIN, END, PAD, UNKNOWN } from "../data/text/vocabulary.ts";
import { VrnnError } from "../errors.ts";
import {
  add,
  cast,
  constant,
  div,
  expand,
  floor,
  gatherRows,
  input,
  logSoftmax,
  mul,
  reshape,
  slice,
  squeeze,
  sub,
  type Tensor,
  topK,
  unsqueeze,
} from "../graph/index.ts";
import { drawSequencePriors } from "../models/generate.ts";
import {
  isLatent,
  type LatentBlock,
  type LatentModel,
  type Model,
  noiseOf,
  nothingGiven,
  type Tensors,
} from "../models/model.ts";
import { afterToken, nextToken, type Standing } from "../models/next-token.ts";
import {
  begin,
  carriedParts,
  marked,
  modelState,
  stateInputs,
  statesAfter,
  stepBlocks,
} from "../models/state.ts";
import { declaredInputs } from "../models/unroll.ts";
import { givenNames } from "../names.ts";
import { type Net, plainNet } from "../nn/net.ts";
import { countOf } from "../nn/parameters.ts";
import type { LowerOptions, Program } from "../onnx/lower.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import { type Executable, float32, type Runtime, type TensorValue, type Values } from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";
import type { LookingModel } from "./attention-weights.ts";
import { carriedCoverage, coveragePenalty, coveredBy, restingCoverage } from "./coverage.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";

/** By what texts are written, and how widely it is searched. */
export interface BeamSettings {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** N: how many unfinished texts are kept at each step, and the most that are given. */
  readonly width: number;
  /**
   * Length normalisation: by which power of a text's length its log-probability is divided where texts are ranked. At 0 the likeliest
   * text is the best one, at 1 that of the likeliest tokens. 0 unless told.
   */
  readonly lengthPower?: number;
  /**
   * β: how much it counts, where texts are ranked, that they leave places of their source out: β · Σ_i log(min(c_i, 1)) is added,
   * c_i how much place i was looked at in sum while the text and its end were written (Wu et al. 2016, eq. 14); what stands before the
   * search is not counted. 0 unless told.
   */
  readonly coverage?: number;
}

/** What is searched. */
export interface BeamOptions extends BeamSettings {
  /** The most tokens of a text. */
  readonly steps: number;
  /** Parts of the state after what is gone on with, `state.<part>` `[N, ...]`, the same in each row; at rest unless told. */
  readonly states?: Values;
  /** What the model reads beside its tokens, as its `inputs` say, of one row: a source `[S, 1]`, its length `[1]`. */
  readonly known?: Values;
}

/** A text that was found. */
export interface BeamText {
  /** Its ids, without the end: as many as were allowed, where it was made to end. */
  readonly ids: readonly number[];
  /** log p of these, and of the end, in nats. Latent variables stand at the means of their priors. */
  readonly logProbability: number;
  /** What it is ranked by: the log-probability over a power of the length, the end included, less what it costs to leave places out. */
  readonly score: number;
}

/** What is never written. */
const RESERVED = [PAD, UNKNOWN, BEGIN];
/** Far below any log-probability, and yet a number. */
const NEVER = -1e30;

/**
 * The likeliest texts, the best one first: what a `BeamSearcher` of one row finds.
 *
 * @throws VrnnError `beam/model` for a model that is not of tokens, or that reads something at each step beside them,
 * `beam/coverage` for coverage of one that does not tell where it looks, `beam/known` for one that reads a source where none is
 * given, `task/not-finite` for weights beyond what it can compute with
 * @example
 * const [best] = await beamSearch({ runtime, model, weights, width: 5, steps: 40 });
 * tokenizer.decode(best.ids);
 */
export async function beamSearch({ steps, states, known, ...settings }: BeamOptions): Promise<BeamText[]> {
  const searcher = await BeamSearcher.create(settings, 1);
  try {
    const [found] = await searcher.search({ steps, ...(states && { states }), ...(known && { known }) });
    return found!;
  } finally {
    await searcher.dispose();
  }
}

/** What is searched in a batch of rows. */
export interface BeamBatch {
  /** The most tokens of a text, of all rows or of each. */
  readonly steps: number | readonly number[];
  /** `state.<part>` `[R · N, ...]`, row after row; at rest unless told. */
  readonly states?: Values;
  /** What the model reads beside its tokens, of R rows: sources `[S, R]`, their lengths `[R]`. */
  readonly known?: Values;
}

/**
 * Searches the likeliest texts of many rows at once. Each step takes the N unfinished texts of a row, gives the N likeliest that
 * are a token longer, and how likely each would be if it ended; only these numbers leave the program, no logits do. With a
 * width of V^steps over V tokens and no power of the length nothing is lost: the search is exhaustive. With a power it ends where
 * no unfinished text is better as it stands than those that have ended. Coverage only ranks those that have ended: an unfinished
 * text may yet look at all that it has left out, so nothing is taken from it, and the search goes on for longer.
 *
 * Sources are read once; the memory `[R, 1, S, E]` of each serves all N texts. Programs are compiled once.
 *
 * @example
 * const searcher = await BeamSearcher.create({ runtime, model, weights, width: 5, lengthPower: 1 }, 32);
 * const texts = await searcher.search({ steps: 60, known }); // a list for each of the 32 rows
 * await searcher.dispose();
 */
export class BeamSearcher {
  private readonly settings: BeamSettings;
  private readonly rows: number;
  private readonly step: Executable;
  /** Absent where the model reads nothing beside its tokens. */
  private readonly source: Executable | undefined;
  private readonly parameters: TensorValue;

  private constructor(
    settings: BeamSettings,
    rows: number,
    { step, source }: { readonly step: Executable; readonly source: Executable | undefined },
  ) {
    this.settings = settings;
    this.rows = rows;
    this.step = step;
    this.source = source;
    this.parameters = float32([settings.weights.length], settings.weights);
  }

  /** @param rows R @throws VrnnError `beam/model`, `beam/coverage`, `task/not-finite` */
  static async create(settings: BeamSettings, rows: number): Promise<BeamSearcher> {
    const { runtime, model, weights, width, coverage = 0 } = settings;
    const searched = { extent: [rows, width], coverage } as const;
    return allOrNone(async (keep) => {
      const step = keep(await compileFinite(runtime, beamProgram(model, searched, frozen(weights))));
      const reading = sourceProgram(model);
      const source = reading && keep(await compileFinite(runtime, reading));
      return new BeamSearcher(settings, rows, { step, source });
    });
  }

  /** The texts of each row, the best one first. @throws VrnnError `beam/known`, `task/not-finite` */
  async search(batch: BeamBatch): Promise<BeamText[][]> {
    const { parameters, rows } = this;
    const { width } = this.settings;
    const { steps } = batch;
    const given = await this.readSource(batch.known);
    const limits = Array.from({ length: rows }, (_, row) =>
      typeof steps === "number" ? steps : steps[row]!,
    );
    const beams = limits.map((limit) => new Beam(this.settings, limit));
    let carried = this.carriedFirst(batch);
    while (beams.some((beam) => !beam.isSettled)) {
      const scores = float32([rows, width], Float32Array.from(beams.flatMap((beam) => [...beam.scores])));
      const results = await this.step.run({ parameters, scores, ...given, ...carried });
      beams.forEach((beam, row) => {
        beam.take(Array.from({ length: width }, (_, k) => grownIn(results, row * width + k)));
      });
      carried = { ...carriedStates(results), ...carriedCoverage(results) };
    }
    return beams.map(({ ended }) => ended);
  }

  /** Gives the programs back. */
  async dispose(): Promise<void> {
    await this.step.dispose();
    await this.source?.dispose();
  }

  /** What the first step takes of texts that nothing has been written of. */
  private carriedFirst({ states, known = {} }: BeamBatch): Values {
    const { model, width, coverage = 0 } = this.settings;
    const extent = [this.rows, width] as const;
    return {
      ...statesOfRows(model, ...extent),
      ...(states && reshaped(states, extent)),
      ...(coverage > 0 && { coverage: restingCoverage(model, known, extent) }),
    };
  }

  /** What the model makes of its sources, `given.<name>` `[R, ...]`; nothing where it reads none. */
  private async readSource(known: Values | undefined): Promise<Values> {
    if (this.source === undefined) return {};
    if (known === undefined)
      throw new VrnnError("beam/known", "the model reads a source", { remedy: "give it as `known`" });
    return this.source.run({ parameters: this.parameters, ...known });
  }
}

/** What a step of the search gives of one of a row's texts. */
interface Grown {
  /** The log-probability of the text as it was, if it ended here. */
  readonly end: number;
  /** The penalty of what it leaves out of its source then, for β = 1. */
  readonly penalty: number;
  /** Of the text that takes its place: whose it goes on with, by what token, and its log-probability. */
  readonly ancestor: number;
  readonly token: number;
  readonly score: number;
}

/** The same as a program gives it. @param at the place in `[R, N]` */
function grownIn(results: Values, at: number): Grown {
  const of = (name: string) => Number(results[name]?.data[at] ?? 0);
  return {
    end: of("ends"),
    penalty: of("penalties"), // none is given where coverage does not count
    ancestor: of("ancestors"),
    token: of("tokens"),
    score: of("scores.next"),
  };
}

/** The texts of one row. */
class Beam {
  /** `[N]`: log-probabilities of the unfinished ones. */
  scores: Float32Array;
  /** The best of those that have ended, the best one first. */
  ended: BeamText[] = [];
  /** Whether it is searched no further. */
  isSettled = false;
  private readonly width: number;
  private readonly power: number;
  private readonly coverage: number;
  private readonly limit: number;
  private texts: readonly (readonly number[])[];

  /** @param limit the most tokens of a text */
  constructor({ width, lengthPower = 0, coverage = 0 }: BeamSettings, limit: number) {
    this.width = width;
    this.power = lengthPower;
    this.coverage = coverage;
    this.limit = limit;
    // All are alike before the first step: one of them is gone on with.
    this.scores = Float32Array.from({ length: width }, (_, k) => (k === 0 ? 0 : NEVER));
    this.texts = Array.from({ length: width }, () => []);
  }

  /** A step further; nothing more once it is settled, however long others of its batch are searched. */
  take(grown: readonly Grown[]): void {
    if (this.isSettled) return;
    this.texts.forEach((ids, k) => {
      const own = grown[k]!;
      if (own.end > NEVER / 2) this.ended.push(this.text(ids, own));
    });
    this.ended = ranked(this.ended, this.width);
    this.texts = grown.map(({ ancestor, token }) => [...this.texts[ancestor]!, token]);
    this.scores = Float32Array.from(grown, ({ score }) => score);
    const length = this.texts[0]!.length;
    const last = this.ended[this.width - 1];
    // What an unfinished text goes on with makes it no likelier; what it has left out, it may yet look at.
    const isBest = last !== undefined && last.score >= Math.max(...this.scores) / (length + 1) ** this.power;
    this.isSettled = isBest || length > this.limit;
  }

  /** A text that ends here. */
  private text(ids: readonly number[], { end, penalty }: Pick<Grown, "end" | "penalty">): BeamText {
    const score = end / (ids.length + 1) ** this.power + this.coverage * penalty;
    return { ids, logProbability: end, score };
  }
}

const ranked = (texts: readonly BeamText[], count: number): BeamText[] =>
  texts.toSorted((a, b) => b.score - a.score).slice(0, count);

/** States of rest of all texts, `[R, N, ...]`. */
const statesOfRows = (model: Model, rows: number, width: number): Values =>
  reshaped(restingStates(model, rows * width), [rows, width]);

/** Values `[R · N, ...]` as `[R, N, ...]`. */
const reshaped = (values: Values, lead: readonly [number, number]): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { ...value, shape: [...lead, ...value.shape.slice(1)] } as TensorValue,
    ]),
  );

/** What makes of sources `given.<name>` `[R, ...]`; undefined where the model reads none. */
function sourceProgram(model: Model): Program | undefined {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const read = readSource(requireTokens(model), plainNet(weights));
  return Object.keys(read).length === 0 ? undefined : compile(givenNames.give(read));
}

/** What a model makes of its source, `[B, ...]`. @throws VrnnError `beam/model` where it reads something at each step */
function readSource(model: LatentModel, net: Net): Tensors {
  const { slices, fixed } = model.given?.(net, { inputs: declaredInputs(model.inputs) }) ?? nothingGiven;
  if (Object.keys(slices).length > 0)
    throw unsearchable("the model reads something at each step beside its tokens");
  return fixed;
}

/** The same as it is fed, `[R, 1, ...]`: what a row has read serves all its texts. */
const givenInputs = (read: Tensors, rows: number): Tensors =>
  Object.fromEntries(
    Object.entries(read).map(([name, { dtype, shape }]) => {
      const own = shape.map((dim) => (dim === "B" ? rows : dim));
      return [name, unsqueeze(input(givenNames.of(name), own, dtype), 1)];
    }),
  );

/** How many rows there are, and how many texts of each. */
type Extent = readonly [rows: number, width: number];

/** Of how many texts a program tells the next ones, and whether it tells their coverage: by a weight other than 0. */
interface Searched {
  readonly extent: Extent;
  readonly coverage: number;
}

/**
 * One step of the search. Inputs: `parameters` `[P]`, `scores` `[R, N]` and `state.<part>` `[R, N, ...]` of unfinished texts, and
 * `given.<name>` `[R, ...]` of a model that reads a source.
 * Outputs: of the N likeliest of a row that are a token longer `scores.next`, `tokens` and `ancestors` `[R, N]`, whose text each
 * goes on with, and `state.<part>.next`; `ends` `[R, N]`, the score of each text as it came if it ended here.
 * Where coverage counts it takes `coverage` `[R, N, S]` too, Σ_j p_ij of unfinished texts, and gives `coverage.next`, and `penalties`
 * `[R, N]` beside `ends`.
 */
function beamProgram(model: Model, { extent, coverage }: Searched, options: LowerOptions): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const searched = requireTokens(model);
  const net = plainNet(weights);
  const carried = stateInputs(model, extent);
  const given = givenInputs(readSource(searched, net), extent[0]);
  const whole = drawSequencePriors(model, net, { given, noise: noNoise(searched.latents, extent) });
  const before = carriedParts(model, begin(model, net, carried, given, whole.z));
  const noise = noNoise(stepBlocks(model), extent);
  const { logits, z } = nextToken(searched, net, { before, given, noise }); // [R, N, V]
  const scores = add(unsqueeze(input("scores", extent), -1), logSoftmax(logits)); // [R, N, V]
  const chosen = likeliest(scores, extent, searched.emission.width);
  const ofChosen = (tensors: Tensors) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, part]) => [name, pickedWithin(part, chosen.ancestors, extent)]),
    );
  const from = { before: ofChosen(before), given, z: ofChosen(z), token: chosen.tokens };
  const after = afterToken(searched, net, from);
  const ends = squeeze(slice(scores, 2, END, END + 1), -1);
  const looking = coveredBy(searched, coverage);
  const covered = looking && coverageAfter(looking, net, { before, given, extent }); // [R, N, S]
  const covering = covered && {
    penalties: coveragePenalty(covered),
    "coverage.next": pickedWithin(covered, chosen.ancestors, extent),
  };
  return compile({ ...chosen, ends, ...covering, ...statesAfter(marked(model, carried, after)) }, options);
}

/** How much each place has been looked at once the next token is told, whichever it is, `[R, N, S]`. */
function coverageAfter(
  model: LookingModel,
  net: Net,
  { before, given, extent }: Standing & Pick<Searched, "extent">,
): Tensor {
  const shares = model.attentionWeights(net, { state: modelState(model, before), given });
  return add(input("coverage", [...extent, shares.shape.at(-1)!]), shares);
}

/** The best pairs of a text and what it goes on with. @param scores `[R, N, V]` */
function likeliest(scores: Tensor, [rows, width]: Extent, tokens: number) {
  const never = Array.from({ length: tokens }, (_, id) => (id === END || RESERVED.includes(id) ? NEVER : 0));
  const all = reshape(add(scores, constant(never, [tokens])), [rows, width * tokens]);
  const { values, indices } = topK(all, width); // [R, N]
  const ancestors = cast(floor(div(cast(indices, "float64"), tokens)), "int64"); // [R, N]
  return { "scores.next": values, ancestors, tokens: sub(indices, mul(ancestors, tokens)) };
}

/** The texts of each row that others go on with. @param part `[R, N, ...]` @param ancestors int64 `[R, N]` */
function pickedWithin(part: Tensor, ancestors: Tensor, [rows, width]: Extent): Tensor {
  const rest = part.shape.slice(2);
  const each = expand(part, [rows, width, ...rest]); // a draw that is the same for all may have come as one
  const starts = constant(
    Array.from({ length: rows }, (_, row) => row * width),
    [rows, 1],
    "int64",
  );
  const places = reshape(add(ancestors, starts), [rows * width]);
  return reshape(gatherRows(reshape(each, [rows * width, ...rest]), places), [rows, width, ...rest]);
}

/** Draws of some blocks at the mean of their prior, `[R, N, noiseOf(blocks)]`. */
const noNoise = (blocks: readonly LatentBlock[], extent: Extent): Tensor => {
  const shape = [...extent, noiseOf(blocks)];
  return constant(Array<number>(shape.reduce((all, size) => all * size, 1)).fill(0), shape);
};

function requireTokens(model: Model): LatentModel {
  if (!isLatent(model) || model.observation?.dtype !== "int64")
    throw unsearchable("the model is not of tokens");
  if ((model.conditions?.length ?? 0) > 0) throw unsearchable("the model reads conditions beside its tokens");
  return model;
}

const unsearchable = (what: string): VrnnError =>
  new VrnnError("beam/model", what, {
    remedy: "search with a model of tokens, or of tokens that answer a source",
  });
