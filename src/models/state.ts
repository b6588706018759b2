/** The state between two steps: what the model carries, and what the derivation keeps beside it. */

import {
  type Dim,
  filledLike,
  gatherRows,
  greater,
  input,
  lessEqual,
  reshape,
  scalar,
  type Tensor,
  where,
} from "../graph/index.ts";
import { nextNames, stateNames } from "../names.ts";
import type { State } from "../nn/cells.ts";
import type { Net } from "../nn/net.ts";
import { part, partsOf } from "../nn/parts.ts";
import { type KeptOfLast, lastParts, lastShapes } from "./last.ts";
import {
  isLatent,
  type LatentBlock,
  type LatentModel,
  type Model,
  type OverTime,
  type Shapes,
  type Tensors,
} from "./model.ts";

/** 0 before the first step of a sequence, then 1, for models that begin in a state of their own. */
const BEGUN = "begun";
/** 0 before the blocks of the whole sequence are drawn, or given, then 1. */
export const DRAWN = "drawn";
/** The part that holds the draw of a block of the whole sequence. */
export const partOf = ({ name }: LatentBlock): string => `z.${name}`;

export const sequenceBlocks = (model: Model): readonly LatentBlock[] =>
  isLatent(model) ? model.latents.filter(({ at }) => at === "sequence") : [];

export const stepBlocks = (model: Model): readonly LatentBlock[] =>
  isLatent(model) ? model.latents.filter(({ at }) => at === "step") : [];

const leansOnLast = (model: Model): model is LatentModel =>
  isLatent(model) && model.emission.recall !== undefined;

const keptOfLast = ({ units = false, emission }: LatentModel): KeptOfLast => ({
  units,
  age: emission.readsAge ?? false,
  season: emission.readsSeason ?? false,
});

/** The names of the parts in which a model keeps what was seen last. */
export const lastPartsOf = (model: Model): readonly string[] =>
  leansOnLast(model) ? Object.keys(lastShapes(model.width, keptOfLast(model))) : [];

/** The marks that a model's states have: 0 where something is still to be put in, then 1. */
const marksOf = (model: Model): readonly string[] => [
  ...(sequenceBlocks(model).length > 0 ? [DRAWN] : []),
  ...(model.initial !== undefined ? [BEGUN] : []),
];

/**
 * The parts of a state that programs take and give, `[B, ...shape]` each. Whoever runs a model starts it from zeros:
 * where sequences begin in a state of the model's own, the part `begun` is 0 before the first step and the derivation
 * puts that state in. The latent variables of a whole sequence are the parts `z.<block>`; `drawn` is 0 before they are
 * drawn, and 1 from the start for who gives them.
 *
 * @example
 * stateShapes(new Vrnn({ columns, hidden: 8, latent: 2, initial: "learned" })); // { h: [8], begun: [1] }
 */
export const stateShapes = (model: Model): Shapes => ({
  ...model.state,
  ...(isLatent(model) && model.past),
  ...(leansOnLast(model) && lastShapes(model.width, keptOfLast(model))),
  ...Object.fromEntries(sequenceBlocks(model).map((block) => [partOf(block), block.shape])),
  ...Object.fromEntries(marksOf(model).map((mark) => [mark, [1]])),
});

/** The inputs of a model's state, `state.<part>` `[...lead, ...shape]`. */
export const stateInputs = (model: Model, lead: readonly Dim[] = ["B"]): State =>
  Object.fromEntries(
    Object.entries(stateShapes(model)).map(([part, shape]) => [
      part,
      input(stateNames.of(part), [...lead, ...shape]),
    ]),
  );

/** The state after the last step under the names by which programs give it, `state.<part>.next`. */
export const statesAfter = (state: State): Record<string, Tensor> => nextNames.give(stateNames.give(state));

/** The latent variables of the whole sequence that a state holds, by the names of their blocks. */
export const sequenceDraws = (model: Model, state: State): Tensors =>
  Object.fromEntries(sequenceBlocks(model).map((block) => [block.name, part(state, partOf(block))]));

/** The same as parts of a state. */
export const sequenceParts = (model: Model, state: State): State =>
  partsOf(state, sequenceBlocks(model).map(partOf));

/**
 * The state to take the next step from: the model's own beginning and the sequence's draws where there were none.
 *
 * @param given what holds at the first step
 * @param drawn draws of the sequence's blocks for the rows that begin here, by name
 */
export function begin(model: Model, net: Net, carried: State, given: Tensors, drawn: Tensors): State {
  const draws = sequenceBlocks(model).map((block) => {
    const before = part(carried, partOf(block)); // [..., Z]
    return [block, where(isMarked(carried, DRAWN, before), before, part(drawn, block.name))] as const;
  });
  const above = Object.fromEntries(draws.map(([{ name }, draw]) => [name, draw]));
  const own = Object.entries(model.initial?.(net, { given, above }) ?? {}).map(([name, value]) => {
    const before = part(carried, name); // [..., ...shape]
    return [name, where(isMarked(carried, BEGUN, before), before, value)];
  });
  const parts = draws.map(([block, draw]) => [partOf(block), draw]);
  return { ...carried, ...Object.fromEntries([...parts, ...own]) };
}

/** The rows that have a mark, bool, of the rank of a part. */
const isMarked = (carried: State, mark: string, { rank }: Tensor): Tensor =>
  greater(aligned(part(carried, mark), rank), 0);

/** The state after a step or many, with the marks that the sequence has begun. */
export const marked = (model: Model, carried: State, after: State): State => ({
  ...after,
  ...Object.fromEntries(marksOf(model).map((mark) => [mark, filledLike(part(carried, mark), 1)])),
});

/** Where the blocks of whole sequences are still to be drawn, bool `[..., 1]`. */
export const undrawn = (carried: State): Tensor => lessEqual(part(carried, DRAWN), 0);

/** The parts that depend on the data alone, which all particles of a sequence share. */
export const sharedParts = (model: Model): ReadonlySet<string> =>
  new Set([...lastParts, BEGUN, DRAWN, ...Object.keys(isLatent(model) ? (model.past ?? {}) : {})]);

/** What a loop over steps carries: the state without the marks, which no step changes. */
export const carriedParts = (model: Model, state: State): State => {
  const marks = marksOf(model);
  return Object.fromEntries(Object.entries(state).filter(([part]) => !marks.includes(part)));
};

/** The state without what the derivation keeps: what a model's own methods see. */
export const modelState = (model: Model, state: State): State =>
  partsOf(state, Object.keys({ ...model.state, ...(isLatent(model) && model.past) }));

const aligned = (mask: Tensor, rank: number): Tensor =>
  mask.rank === rank ? mask : reshape(mask, [...mask.shape, ...Array<Dim>(rank - mask.rank).fill(1)]);

/** What holds at the first of some steps. */
export const atFirst = ({ slices, fixed }: OverTime): Tensors => ({
  ...fixed,
  ...Object.fromEntries(Object.entries(slices).map(([name, value]) => [name, firstOf(value)])),
});

/** The first slice of `[T, ...]`. */
export const firstOf = (x: Tensor): Tensor => gatherRows(x, scalar(0, "int64"));
