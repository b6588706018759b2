/** Sequences that a model makes up. */
import type { EmissionUnits } from "../distributions/emission.ts";
import { input, scan, slice, type Tensor } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import { type Net, plainNet } from "../nn/net.ts";
import type { Weights } from "../nn/parameters.ts";
import {
  isLatent,
  type Known,
  type LatentBlock,
  type Model,
  noiseOf,
  noiseWidth,
  nothingGiven,
  type Tensors,
} from "./model.ts";
import { seasonAgo } from "./seasons.ts";
import { atFirst, begin, carriedParts, firstOf, marked, sequenceBlocks, stateInputs } from "./state.ts";
import { type BlockDraws, drawBlocks, type Generated, generateStep, type StepDraws } from "./step.ts";
import { conditionInput, declaredInputs, unitInputs } from "./unroll.ts";

/** Random numbers and what is known, `[T, B, ·]`; the state before the first step. */
export interface GenerationInputs extends StepDraws {
  readonly known: Known;
  /** Of a model whose sequences have units of their own, `[T, B, D]`. */
  readonly units?: EmissionUnits | undefined;
  readonly state: State;
}

/** How many random numbers of each kind one step takes. */
export interface DrawWidths {
  readonly noise: number;
  readonly uniform: number;
  readonly normal: number;
}

/** How many random numbers of each kind one step of a model takes. */
export function drawWidths(model: Model): DrawWidths {
  const { uniforms, normals } = isLatent(model) ? model.emission : model.draws;
  return { noise: noiseWidth(model), uniform: uniforms, normal: normals };
}

/**
 * Declares the inputs of a generating graph: `noise`, `uniform`, `normal` per step, `temperature`, `state.<part>`,
 * `condition`, `condition.mask` of a model with conditions, `units.<what>` of one whose sequences have their own, and what
 * the model declares itself.
 */
export function generationInputs(model: Model): GenerationInputs {
  const { noise, uniform, normal } = drawWidths(model);
  const perStep = (name: string, width: number) => input(name, ["T", "B", width]);
  return {
    noise: perStep("noise", noise),
    uniform: perStep("uniform", uniform),
    normal: perStep("normal", normal),
    temperature: input("temperature", []),
    known: { ...conditionInput(model, ["T", "B"]), inputs: declaredInputs(model.inputs) },
    ...unitInputs(model, ["T", "B"]),
    state: stateInputs(model),
  };
}

/** Sequences that the model makes up, `[T, B, D]`, each step fed back as the next one's past. */
export function generate(
  model: Model,
  weight: Weights,
  { state: carried, temperature, noise, uniform, normal, known, units }: GenerationInputs,
): Generated & { readonly state: State } {
  const net = plainNet(weight);
  const given = model.given?.(net, known) ?? nothingGiven;
  const state = startGeneration(model, net, {
    carried,
    given: atFirst(given),
    noise,
    temperature,
  });
  const result = scan({
    state: carriedParts(model, state),
    over: {
      draws: { noise: stepNoise(model, noise), uniform, normal },
      given: given.slices,
      at: { units, season: seasonAgo(model, known, units) },
    },
    step: (before, { draws, given: own, at }) =>
      generateStep(model, net, before, { ...draws, temperature, given: { ...given.fixed, ...own }, ...at }),
  });
  return { ...result.outputs, state: marked(model, carried, result.state) };
}

interface Start {
  readonly carried: State;
  /** What holds at the first step. */
  readonly given: Tensors;
  /** `[T, ..., noiseWidth]` */
  readonly noise: Tensor;
  /** Scalar; 1 unless told. */
  readonly temperature?: Tensor;
}

/** The state that generation begins in; blocks of the whole sequence are drawn from their prior. */
export function startGeneration(
  model: Model,
  net: Net,
  { carried, given, noise, temperature }: Start,
): State {
  const first = { given, noise: firstOf(noise), ...(temperature && { temperature }) };
  return begin(model, net, carried, given, drawSequencePriors(model, net, first).z);
}

/** Draws of the blocks of whole sequences from their priors. @param noise `[..., noiseWidth]` of the first step */
export function drawSequencePriors(
  model: Model,
  net: Net,
  { given, noise, temperature }: Omit<Start, "carried">,
): BlockDraws {
  const blocks = sequenceBlocks(model);
  if (blocks.length === 0) return { z: {}, terms: [] };
  const own = slice(noise, noise.rank - 1, 0, noiseOf(blocks));
  const priors = (block: LatentBlock, above: Tensors) => {
    const prior = block.prior(net, { state: {}, above, given });
    return { prior, posterior: prior };
  };
  return drawBlocks(blocks, own, {}, priors, temperature);
}

/** The part of the noise that the steps' blocks take. */
export function stepNoise(model: Model, noise: Tensor): Tensor {
  const width = noiseOf(sequenceBlocks(model));
  return width === 0 ? noise : slice(noise, noise.rank - 1, width);
}
