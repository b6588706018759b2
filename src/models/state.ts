/** The state between two steps: what the model carries, and what the derivation keeps beside it. */
import {
  type Dim,
  filledLike,
  gatherRows,
  greater,
  input,
  reshape,
  scalar,
  type Tensor,
  where,
} from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Net } from "../nn/net.ts";
import { isLatent, type LatentBlock, type Model, type OverTime, type Shapes, type Tensors } from "./model.ts";

/** The values of the columns that were observed last, for emissions that lean on them; 0 before the first. */
export const LAST = "last";
/** 0 before the first step of a sequence, then 1, for models that begin in a state of their own. */
const BEGUN = "begun";
/** The draw of a block of the whole sequence. */
const drawOf = ({ name }: LatentBlock): string => `z.${name}`;

export const sequenceBlocks = (model: Model): readonly LatentBlock[] =>
  isLatent(model) ? model.latents.filter(({ at }) => at === "sequence") : [];

export const stepBlocks = (model: Model): readonly LatentBlock[] =>
  isLatent(model) ? model.latents.filter(({ at }) => at === "step") : [];

const leansOnLast = (model: Model): boolean => isLatent(model) && model.emission.recall !== undefined;
const hasBeginning = (model: Model): boolean =>
  model.initial !== undefined || sequenceBlocks(model).length > 0;

/**
 * The parts of a state that programs take and give, `[B, ...shape]` each. Whoever runs a model starts it from zeros:
 * where sequences begin in a state of the model's own, the part `begun` is 0 before the first step and the derivation
 * puts that state in.
 *
 * @example
 * stateShapes(new Vrnn({ columns, hidden: 8, latent: 2, initial: "learned" })); // { h: [8], begun: [1] }
 */
export const stateShapes = (model: Model): Shapes => ({
  ...model.state,
  ...(isLatent(model) && model.past),
  ...(leansOnLast(model) && { [LAST]: [model.width] }),
  ...Object.fromEntries(sequenceBlocks(model).map((block) => [drawOf(block), block.shape])),
  ...(hasBeginning(model) && { [BEGUN]: [1] }),
});

/** The inputs of a model's state, `state.<part>` `[...lead, ...shape]`. */
export const stateInputs = (model: Model, lead: readonly Dim[] = ["B"]): State =>
  Object.fromEntries(
    Object.entries(stateShapes(model)).map(([part, shape]) => [
      part,
      input(`state.${part}`, [...lead, ...shape]),
    ]),
  );

/** The state after the last step under the names by which programs give it, `state.<part>.next`. */
export const statesAfter = (state: State): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(state).map(([part, value]) => [`state.${part}.next`, value]));

/** What a sequence begins with. */
export interface Beginning {
  /** The state to take the next step from. */
  readonly state: State;
  /** The draws of the sequence's blocks, by name. */
  readonly draws: Tensors;
}

/**
 * Puts the model's own beginning into the rows of a state that have not begun.
 *
 * @param given what holds at the first step
 * @param drawn the draws of the sequence's blocks for the rows that begin here
 */
export function begin(model: Model, net: Net, carried: State, given: Tensors, drawn: Tensors): Beginning {
  if (!hasBeginning(model)) return { state: carried, draws: {} };
  const begun = carried[BEGUN] as Tensor; // [..., 1]
  const kept = (part: string, own: Tensor): Tensor => {
    const before = carried[part] as Tensor; // [..., ...shape]
    return where(greater(aligned(begun, before.rank), 0), before, own);
  };
  const draws = Object.fromEntries(
    sequenceBlocks(model).map((block) => [block.name, kept(drawOf(block), drawn[block.name] as Tensor)]),
  );
  const own = model.initial?.(net, { given, above: draws }) ?? {};
  const parts = Object.entries(own).map(([part, value]) => [part, kept(part, value)]);
  return { state: { ...carried, ...Object.fromEntries(parts) }, draws };
}

/** The state after a step or many: that of the model, and that the sequence has begun. */
export function keptState(model: Model, carried: State, after: State, draws: Tensors): State {
  if (!hasBeginning(model)) return after;
  const drawn = sequenceBlocks(model).map((block) => [drawOf(block), draws[block.name] as Tensor]);
  return {
    ...after,
    ...Object.fromEntries(drawn),
    [BEGUN]: filledLike(carried[BEGUN] as Tensor, 1),
  };
}

/** Rows that begin here, float `[..., 1]`; undefined for models that keep no count of it. */
export const begunOf = (carried: State): Tensor | undefined => carried[BEGUN];

/** The parts that depend on the data alone, which all particles of a sequence share. */
export const sharedParts = (model: Model): ReadonlySet<string> =>
  new Set([LAST, BEGUN, ...Object.keys(isLatent(model) ? (model.past ?? {}) : {})]);

/** What a loop over steps carries: the state without the parts that no step changes. */
export function carriedParts(model: Model, state: State): State {
  const constant = new Set([BEGUN, ...sequenceBlocks(model).map(drawOf)]);
  return Object.fromEntries(Object.entries(state).filter(([part]) => !constant.has(part)));
}

/** The state without what the derivation keeps: what a model's own methods see. */
export const modelState = (model: Model, state: State): State =>
  Object.fromEntries(
    Object.keys({ ...model.state, ...(isLatent(model) && model.past) }).map((part) => [
      part,
      state[part] as Tensor,
    ]),
  );

const aligned = (mask: Tensor, rank: number): Tensor =>
  mask.rank === rank ? mask : reshape(mask, [...mask.shape, ...Array<Dim>(rank - mask.rank).fill(1)]);

/** What holds at the first of some steps. */
export const atFirst = ({ slices, fixed }: OverTime): Tensors => ({
  ...fixed,
  ...Object.fromEntries(Object.entries(slices).map(([name, value]) => [name, firstOf(value)])),
});

/** The first slice of `[T, ...]`. */
export const firstOf = (x: Tensor): Tensor => gatherRows(x, scalar(0, "int64"));
