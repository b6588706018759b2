/** Whole sequences, unrolled over time by a model that states its distributions at one moment. */

import type { NamedSize } from "../data/inputs.ts";
import type { EmissionUnits, KnownValues } from "../distributions/emission.ts";
import { whereObserved } from "../distributions/latent/distribution.ts";
import {
  and,
  cast,
  cumsum,
  expand,
  filledLike,
  greater,
  input,
  lessEqual,
  max,
  mul,
  reshape,
  type Shape,
  scan,
  split,
  squeeze,
  sum,
  type Tensor,
  unsqueeze,
  where,
} from "../graph/index.ts";
import { CONDITION, dropoutNames, maskNames, unitNames } from "../names.ts";
import type { State } from "../nn/cells.ts";
import { type Net, plainNet } from "../nn/net.ts";
import type { Sizes, Weights } from "../nn/parameters.ts";
import { part, partsOf } from "../nn/parts.ts";
import { recalled, seenLast } from "./last.ts";
import {
  isLatent,
  type Known,
  type LatentModel,
  type Model,
  type ModelInput,
  noiseOf,
  noiseWidth,
  nothingGiven,
  type Observed,
  type OverTime,
  type Tensors,
  type WholeSequences,
} from "./model.ts";
import { seasonAgo } from "./seasons.ts";
import {
  atFirst,
  begin,
  carriedParts,
  DRAWN,
  firstOf,
  lastPartsOf,
  marked,
  sequenceBlocks,
  stateInputs,
  stepBlocks,
  undrawn,
} from "./state.ts";
import {
  type BlockTerms,
  besideSteps,
  drawBlocks,
  joined,
  type Stepped,
  type StepResult,
  takeStep,
} from "./step.ts";

/** Sequences and what a model needs beside them, `[T, B, ·]`; one row of the batch per sequence. */
export interface SequenceInputs {
  /** `[T, B, D]`, scaled as in a batch; anything where the mask is 0. */
  readonly x: Tensor;
  /** `[T, B, D]`: 1 where the entry was observed. */
  readonly mask: Tensor;
  /** `[T, B, noiseWidth]`: standard normal numbers; a block of the whole sequence takes those of its first step. */
  readonly noise: Tensor;
  readonly known: Known;
  /** Of a model whose sequences have units of their own, `[T, B, D]`. */
  readonly units?: EmissionUnits | undefined;
  /** What columns were a season before each step, of a model that is placed around that, `[T, B, D]`. */
  readonly season?: KnownValues | undefined;
  readonly state: State;
  /** A keep mask per dropout site, `[T, B, width]`; absent: no dropout. */
  readonly dropout: Tensors;
  /** The same along a source, `[S, B, width]`. */
  readonly sourceDropout?: Tensors;
}

/** The inputs of a model with conditions: `condition` and `condition.mask`, `[...lead, C]`. */
export function conditionInput({ conditions = [] }: Model, lead: Shape): { condition?: Observed } {
  if (conditions.length === 0) return {};
  const [values, mask] = [CONDITION, maskNames.of(CONDITION)].map((name) =>
    input(name, [...lead, conditions.length]),
  ) as [Tensor, Tensor];
  return { condition: { values, mask } };
}

/** The inputs `units.shift`, `units.scale` and `units.cell` of a model whose sequences have their own, `[...lead, D]`. */
export function unitInputs({ units = false, width }: Model, lead: Shape): { units?: EmissionUnits } {
  if (!units) return {};
  const each = (what: keyof EmissionUnits) => input(unitNames.of(what), [...lead, width]);
  return { units: { shift: each("shift"), scale: each("scale"), cell: each("cell") } };
}

/** The inputs that a model or an objective declares beside the data. */
export const declaredInputs = (inputs: Readonly<Record<string, ModelInput>> = {}): Tensors =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );

/**
 * Declares the inputs `x` and `mask`: `[...lead, D]` both, or of a model with an `observation` x as that says and a mask
 * `[...lead]`, made into D numbers of one mask.
 */
export function observedInputs({ width, observation }: Model, lead: Shape): Observed {
  const rows = [...lead, width];
  if (observation === undefined) return { values: input("x", rows), mask: input("mask", rows) };
  const { dtype, shape } = observation;
  const values = cast(reshape(input("x", [...lead, ...shape], dtype), rows), "float32");
  return { values, mask: expand(unsqueeze(input("mask", lead), -1), rows) };
}

/**
 * Declares the inputs of a graph over sequences: `x`, `mask`, `noise`, `state.<part>`, `dropout.<site>`, `condition`,
 * `condition.mask` of a model with conditions, `units.<what>` of one whose sequences have their own, and what the model
 * declares itself.
 */
export function sequenceInputs(
  model: Model,
  { dropout = [] }: { readonly dropout?: readonly string[] | undefined } = {},
): SequenceInputs {
  const perStep = (name: string, width: number) => input(name, ["T", "B", width]);
  const masks = (sites: Sizes, along: NamedSize) =>
    Object.fromEntries(
      Object.entries(sites)
        .filter(([site]) => dropout.includes(site))
        .map(([site, width]) => [site, input(dropoutNames.of(site), [along, "B", width])]),
    );
  const { values, mask } = observedInputs(model, ["T", "B"]);
  const known = { ...conditionInput(model, ["T", "B"]), inputs: declaredInputs(model.inputs) };
  const { units } = unitInputs(model, ["T", "B"]);
  return {
    x: values,
    mask,
    noise: perStep("noise", noiseWidth(model)),
    known,
    units,
    season: seasonAgo(model, known, units),
    state: stateInputs(model),
    dropout: masks(model.dropoutSites, "T"),
    sourceDropout: masks(model.sourceSites ?? {}, "S"),
  };
}

/** What a model says of whole sequences, `[T, B, ·]`. */
export interface Unrolled extends StepResult {
  /** The state after the last step. */
  readonly state: State;
  /** The parts of the model's state after each step, `[T, B, ...]`. */
  readonly states: State;
  /** What posteriors read of the whole sequence at each step, `[T, B, ...]`. */
  readonly evidence: Tensors;
}

/** What is done beside the model's own steps. */
export interface Beside {
  /** What it carries itself. */
  readonly carried: State;
  /** Further sequences, `[T, B, ·]`. */
  readonly over: Tensors;
  /** What blocks of the whole sequence do to what it carries where that begins. @param ratio Σ log p(z) − log q(z), `[B, N]` */
  begin(carried: State, ratio: Tensor): State;
  /** What happens after each step: the state of the model to go on from, its own, and what it tells of the step. */
  after(
    step: Stepped<StepResult>,
    own: State,
    slices: Tensors,
  ): { readonly state: State; readonly own: State; readonly told: Tensors };
}

const nothingBeside: Beside = {
  carried: {},
  over: {},
  begin: (carried) => carried,
  after: ({ state }, own) => ({ state, own, told: {} }),
};

/** What a model says of whole sequences: each part of a step's result for all steps, and the state after the last. */
export const unroll = (model: Model, weight: Weights, inputs: SequenceInputs): Unrolled =>
  unrollBeside(model, weight, inputs, givenOf(model, weight, inputs), nothingBeside).unrolled;

/** What everything may read of what is known, `[T, B, ·]` and `[B, ·]`. */
export const givenOf = (
  model: Model,
  weight: Weights,
  { known, dropout, sourceDropout }: Pick<SequenceInputs, "known" | "dropout" | "sourceDropout">,
): OverTime => model.given?.(dropping(weight, { ...dropout, ...sourceDropout }), known) ?? nothingGiven;

/** The same with something done beside each step, of sequences whose `given` is there. */
export function unrollBeside(
  model: Model,
  weight: Weights,
  inputs: Omit<SequenceInputs, "known" | "sourceDropout">,
  given: OverTime,
  beside: Beside,
): { readonly unrolled: Unrolled; readonly own: State; readonly told: Tensors } {
  const { x, mask, noise, dropout, units, season, state: carried } = inputs;
  const outside = dropping(weight, dropout);
  const last = lastOver(model, inputs);
  const features = model.features(outside, {
    values: x,
    mask,
    last: recalled({ ...carried, ...last.before }, { units, season }),
  });
  const { past, evidence } = isLatent(model)
    ? lookAround(model, outside, { x: features, mask, given, dropout, weight, carried })
    : { past: undefined, evidence: nothingGiven };
  const [sequenceNoise, stepsNoise] = dealtNoise(model, noise);
  const whole = drawSequenceBlocks(model, plainNet(weight), { given, evidence, mask, noise: sequenceNoise });
  const state = begin(model, plainNet(weight), carried, atFirst(given), whole.z);
  const { state: after, outputs } = scan({
    state: {
      model: carriedParts(model, withoutPast(model, state)),
      own: whole.terms ? beside.begin(beside.carried, ratioAtStart(whole.terms, carried)) : beside.carried,
    },
    over: {
      observed: { values: x, mask },
      noise: stepsNoise,
      features,
      given: given.slices,
      evidence: evidence.slices,
      past: { ...last.before, ...past?.before },
      dropout,
      units,
      season,
      beside: beside.over,
    },
    step: (before, slices) => {
      const net = dropping(weight, slices.dropout);
      const step = takeStep(
        model,
        net,
        { ...before.model, ...slices.past },
        {
          ...slices,
          given: { ...given.fixed, ...slices.given },
          evidence: { ...evidence.fixed, ...slices.evidence },
        },
      );
      const { outputs: result } = step;
      const now = withoutPast(model, step.state);
      const next = beside.after({ state: now, outputs: result }, before.own, slices.beside);
      return {
        state: { model: next.state, own: next.own },
        outputs: { result, told: next.told, states: now },
      };
    },
  });
  const { result, told, states } = outputs;
  return {
    unrolled: {
      ...result,
      ...(whole.terms && joinedOverTime(whole.terms, result, carried)),
      states: { ...states, ...last.each },
      evidence: evidence.slices,
      state: marked(model, carried, { ...after.model, ...last.after, ...past?.after }),
    },
    own: after.own,
    told,
  };
}

/** A net that drops what the masks say, where there are any. */
export const dropping = (weight: Weights, masks: Tensors): Net => ({
  weight,
  keep: (site, values) => (masks[site] === undefined ? values : mul(values, masks[site])),
});

/** The steps' blocks take what the blocks of sequences, which come first, leave of the noise. */
function dealtNoise(model: Model, noise: Tensor): readonly [sequence: Tensor | undefined, step: Tensor] {
  const width = noiseOf(sequenceBlocks(model));
  if (width === 0) return [undefined, noise];
  const [sequence, step] = split(noise, [width, noiseOf(stepBlocks(model))]) as [Tensor, Tensor];
  return [firstOf(sequence), step];
}

interface Surroundings extends Pick<WholeSequences, "x" | "given"> {
  readonly mask: Tensor;
  readonly dropout: Tensors;
  readonly weight: Weights;
  readonly carried: State;
}

/** What x alone moves, before each step and after the last, and what the whole sequence tells. */
function lookAround(model: LatentModel, net: Net, around: Surroundings) {
  const { x, mask, given, dropout, weight, carried } = around;
  const past = pastOf(model, around, weight, dropout, carried);
  const anything = max(mask, [-1], { keepDims: true }); // [T, B, 1]
  const evidence = model.evidence?.(net, { x, anything, past: past?.before ?? {}, given }) ?? nothingGiven;
  return { past, evidence };
}

function pastOf(
  model: LatentModel,
  { x, given }: Surroundings,
  weight: Weights,
  dropout: Tensors,
  carried: State,
): { readonly before: Tensors; readonly after: State } | undefined {
  const { past, advance } = model;
  if (past === undefined || advance === undefined) return undefined;
  const { state: after, outputs: before } = scan({
    state: partsOf(carried, Object.keys(past)),
    over: { x, given: given.slices, dropout },
    step: (now, slices) => ({
      state: advance.call(model, dropping(weight, slices.dropout), now, slices.x, {
        ...given.fixed,
        ...slices.given,
      }),
      outputs: now,
    }),
  });
  return { before, after };
}

/** What was seen last before each step, after each, and after the last one: it depends on the data alone. */
function lastOver(
  model: Model,
  {
    x,
    mask,
    units,
    season,
    state: carried,
  }: Pick<SequenceInputs, "x" | "mask" | "units" | "season" | "state">,
): { readonly before: State; readonly each: State; readonly after: State } {
  const parts = lastPartsOf(model);
  if (parts.length === 0) return { before: {}, each: {}, after: {} };
  const { state: after, outputs } = scan({
    state: partsOf(carried, parts),
    over: { x, mask, units, season },
    step: (before, { x: value, mask: observed, ...own }) => {
      const each = seenLast(before, { value, ...own }, greater(observed, 0));
      return { state: each, outputs: { before, each } };
    },
  });
  return { ...outputs, after };
}

/** The state without the parts that x alone moves, which have loops of their own. */
const withoutPast = (model: Model, state: State): State => {
  const past = isLatent(model) ? (model.past ?? {}) : {};
  const own = [...lastPartsOf(model), ...Object.keys(past)];
  return Object.fromEntries(Object.entries(state).filter(([part]) => !own.includes(part)));
};

interface SequenceDraw {
  readonly given: OverTime;
  readonly evidence: OverTime;
  readonly mask: Tensor;
  /** `[B, ·]` */
  readonly noise: Tensor | undefined;
}

/** The latent variables of whole sequences, drawn from their posterior. */
function drawSequenceBlocks(
  model: Model,
  net: Net,
  { given, evidence, mask, noise }: SequenceDraw,
): { readonly z: Tensors; readonly terms?: readonly BlockTerms[] } {
  if (noise === undefined) return { z: {} };
  const known = { state: {}, given: atFirst(given) };
  const anything = squeeze(max(mask, [0, -1], { keepDims: true }), 0); // [B, ..., 1]
  return drawBlocks(sequenceBlocks(model), noise, {}, (block, above) => {
    const prior = block.prior(net, { ...known, above });
    const context = { ...known, above, x: {}, evidence: evidence.fixed, prior };
    const posterior = block.posterior?.(net, context);
    return { prior, posterior: posterior ? whereObserved(anything, posterior, prior) : prior };
  });
}

/** Σ log p(z) − log q(z) of the sequence's blocks where they are drawn here, 0 elsewhere; `[B]` or `[B, N]`. */
function ratioAtStart(terms: readonly BlockTerms[], carried: State): Tensor {
  const ratio = sum(joined(terms, part(carried, DRAWN)).logPriorRatio, [-1]); // [B, ...]
  return where(squeeze(undrawn(carried), -1), ratio, 0);
}

/** The terms of the sequence's blocks at each step, before those of the steps' blocks. `[T, B, Z]` */
function joinedOverTime(terms: readonly BlockTerms[], steps: BlockTerms, carried: State): BlockTerms {
  const { dtype, shape } = steps.kl;
  const time = filledLike({ dtype, shape: [...shape.slice(0, -1), 1] }, 1); // [T, B, 1]
  const isFirst = and(lessEqual(cumsum(time, 0), 1), undrawn(carried)); // [T, B, 1]
  return besideSteps(joined(terms, steps.latent), steps, isFirst);
}
