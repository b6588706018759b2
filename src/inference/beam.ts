/** The likeliest texts that a model of tokens could write, by beam search. */
import { BEGIN, END, PAD, UNKNOWN } from "../data/text/vocabulary.ts";
import { VrnnError } from "../errors.ts";
import {
  add,
  cast,
  constant,
  div,
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
import {
  begin,
  carriedParts,
  marked,
  modelState,
  sequenceDraws,
  sequenceParts,
  stateInputs,
  statesAfter,
  stepBlocks,
} from "../models/state.ts";
import { drawBlocks, featuresOf } from "../models/step.ts";
import { declaredInputs } from "../models/unroll.ts";
import { givenNames } from "../names.ts";
import { type Net, plainNet } from "../nn/net.ts";
import { countOf } from "../nn/parameters.ts";
import type { LowerOptions, Program } from "../onnx/lower.ts";
import { float32, type Runtime, type Values } from "../runtime/runtime.ts";
import { carriedStates, restingStates } from "../train/feeds.ts";
import { compile } from "../train/programs.ts";
import { unpackWeights } from "../train/weights.ts";
import { compileFinite } from "./finite.ts";
import { frozen } from "./frozen.ts";

/** What is searched, and how widely. */
export interface BeamOptions {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]` */
  readonly weights: Float32Array;
  /** N: how many unfinished texts are kept at each step, and the most that are given. */
  readonly width: number;
  /** The most tokens of a text. */
  readonly steps: number;
  /** Parts of the state after what is gone on with, `state.<part>` `[N, ...]`, the same in each row; at rest unless told. */
  readonly states?: Values;
  /** What the model reads beside its tokens, as its `inputs` say, of one row: a source `[S, 1]`, its length `[1]`. */
  readonly known?: Values;
}

/** A text that was found. */
export interface BeamText {
  /** Its ids, without the end. */
  readonly ids: readonly number[];
  /** log p of these, and of the end where it has one, in nats. Latent variables stand at the means of their priors. */
  readonly logProbability: number;
  /** Whether it ends; otherwise it was cut at the most tokens. */
  readonly isEnded: boolean;
}

/** What is never written. */
const RESERVED = [PAD, UNKNOWN, BEGIN];
/** Far below any log-probability, and yet a number. */
const NEVER = -1e30;

/**
 * The likeliest texts, the best one first. Each step takes the N unfinished texts, gives the N likeliest that are a
 * token longer, and how likely each would be if it ended; only these numbers leave the program, no logits do. With a
 * width of V^(steps − 1) over V tokens nothing is lost: the search is exhaustive.
 *
 * A source is read once; its memory `[1, S, E]` serves all N texts.
 *
 * @throws VrnnError `beam/model` for a model that is not of tokens, or that reads something at each step beside them,
 * `beam/known` for one that reads a source where none is given, `task/not-finite` for weights beyond what it can compute with
 * @example
 * const [best] = await beamSearch({ runtime, model, weights, width: 5, steps: 40 });
 * tokenizer.decode(best.ids);
 */
export async function beamSearch(options: BeamOptions): Promise<BeamText[]> {
  const { runtime, model, weights, width, steps } = options;
  const given = await readOnce(options);
  const executable = await compileFinite(runtime, beamProgram(model, width, frozen(weights)));
  try {
    const parameters = float32([weights.length], weights);
    const ended: BeamText[] = [];
    let states: Values = { ...restingStates(model, width), ...options.states };
    // All rows are alike before the first step: one of them is gone on with.
    let scores = Float32Array.from({ length: width }, (_, row) => (row === 0 ? 0 : NEVER));
    let texts: readonly (readonly number[])[] = Array.from({ length: width }, () => []);
    for (let step = 0; step < steps; step++) {
      const results = await executable.run({
        parameters,
        scores: float32([width], scores),
        ...given,
        ...states,
      });
      texts.forEach((ids, row) => {
        const logProbability = Number(results["ends"]!.data[row]);
        if (logProbability > NEVER / 2) ended.push({ ids, logProbability, isEnded: true });
      });
      const [ancestors, tokens] = [results["ancestors"]!.data, results["tokens"]!.data];
      texts = texts.map((_, row) => [...texts[Number(ancestors[row])]!, Number(tokens[row])]);
      scores = Float32Array.from(results["scores.next"]!.data as Float32Array);
      states = carriedStates(results);
      if (isSettled(ended, scores, width)) return best(ended, width);
    }
    const cut = texts.map((ids, row) => ({ ids, logProbability: scores[row]!, isEnded: false }));
    return best([...ended, ...cut.filter(({ logProbability }) => logProbability > NEVER / 2)], width);
  } finally {
    await executable.dispose();
  }
}

const best = (texts: readonly BeamText[], count: number): BeamText[] =>
  texts.toSorted((a, b) => b.logProbability - a.logProbability).slice(0, count);

/** Whether no unfinished text can still become one of the best: what it goes on with makes it no likelier. */
function isSettled(ended: readonly BeamText[], scores: Float32Array, width: number): boolean {
  const last = best(ended, width)[width - 1];
  return last !== undefined && last.logProbability >= Math.max(...scores);
}

/** What the model makes of its source, `given.<name>` `[1, ...]`; nothing where it reads none. */
async function readOnce({ runtime, model, weights, known }: BeamOptions): Promise<Values> {
  const { weights: parts } = unpackWeights(
    model.parameters,
    input("parameters", [countOf(model.parameters)]),
  );
  const read = readSource(requireTokens(model), plainNet(parts));
  if (Object.keys(read).length === 0) return {};
  if (known === undefined)
    throw new VrnnError("beam/known", "the model reads a source", { remedy: "give it as `known`" });
  const executable = await compileFinite(runtime, compile(givenNames.give(read)));
  try {
    return await executable.run({ parameters: float32([weights.length], weights), ...known });
  } finally {
    await executable.dispose();
  }
}

/** What a model makes of its source, `[B, ...]`. @throws VrnnError `beam/model` where it reads something at each step */
function readSource(model: LatentModel, net: Net): Tensors {
  const { slices, fixed } = model.given?.(net, { inputs: declaredInputs(model.inputs) }) ?? nothingGiven;
  if (Object.keys(slices).length > 0)
    throw unsearchable("the model reads something at each step beside its tokens");
  return fixed;
}

/** The same as it is fed: of one row, which all texts read. */
const givenInputs = (read: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(read).map(([name, { dtype, shape }]) => [
      name,
      input(
        givenNames.of(name),
        shape.map((dim) => (dim === "B" ? 1 : dim)),
        dtype,
      ),
    ]),
  );

/**
 * One step of the search. Inputs: `parameters` `[P]`, `scores` `[N]` and `state.<part>` `[N, ...]` of unfinished texts, and
 * `given.<name>` `[1, ...]` of a model that reads a source.
 * Outputs: of the N likeliest that are a token longer `scores.next`, `tokens` and `ancestors` `[N]`, whose row each goes on
 * with, and `state.<part>.next`; `ends` `[N]`, the score of each text as it came if it ended here.
 */
function beamProgram(model: Model, width: number, options: LowerOptions): Program {
  const { weights } = unpackWeights(model.parameters, input("parameters", [countOf(model.parameters)]));
  const searched = requireTokens(model);
  const net = plainNet(weights);
  const carried = stateInputs(model, [width]);
  const given = givenInputs(readSource(searched, net));
  const whole = drawSequencePriors(model, net, { given, noise: noNoise(searched.latents, width) });
  const before = carriedParts(model, begin(model, net, carried, given, whole.z));
  const state = modelState(model, before);
  const { z } = drawBlocks(
    stepBlocks(model),
    noNoise(stepBlocks(model), width),
    sequenceDraws(model, before),
    (block, above) => {
      const prior = block.prior(net, { state, above, given });
      return { prior, posterior: prior };
    },
  );
  const logits = searched.emissionParameters(net, { state, z, given }); // [N, V]
  const scores = add(unsqueeze(input("scores", [width]), -1), logSoftmax(logits)); // [N, V]
  const chosen = likeliest(scores, width, searched.emission.width);
  const ofChosen = (tensors: Tensors) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, part]) => [name, gatherRows(part, chosen.ancestors)]),
    );
  const [from, draws] = [ofChosen(before), ofChosen(z)];
  const past = modelState(model, from);
  const x = featuresOf(model, net, cast(unsqueeze(chosen.tokens, -1), "float32"));
  const after = {
    ...searched.transition(net, { state: past, x, z: draws, given }),
    ...searched.advance?.(net, past, x, given),
    ...sequenceParts(model, from),
  };
  const ends = squeeze(slice(scores, 1, END, END + 1), -1);
  return compile({ ...chosen, ends, ...statesAfter(marked(model, carried, after)) }, options);
}

/** The best pairs of a text and what it goes on with. @param scores `[N, V]` */
function likeliest(scores: Tensor, width: number, tokens: number) {
  const never = Array.from({ length: tokens }, (_, id) => (id === END || RESERVED.includes(id) ? NEVER : 0));
  const all = reshape(add(scores, constant(never, [tokens])), [width * tokens]);
  const { values, indices } = topK(all, width); // [N]
  const ancestors = cast(floor(div(cast(indices, "float64"), tokens)), "int64"); // [N]
  return { "scores.next": values, ancestors, tokens: sub(indices, mul(ancestors, tokens)) };
}

/** Draws of some blocks at the mean of their prior, `[N, noiseOf(blocks)]`. */
const noNoise = (blocks: readonly LatentBlock[], width: number): Tensor => {
  const size = noiseOf(blocks);
  return constant(Array<number>(width * size).fill(0), [width, size]);
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
