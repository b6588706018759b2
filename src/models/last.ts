/** The values of the columns that were observed last and their age, which the derivation keeps for emissions that lean on them. */
import type { EmissionUnits, KnownValues, LastSeen } from "../distributions/emission.ts";
import { add, div, filledLike, greater, mul, sub, type Tensor, where } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import { part } from "../nn/parts.ts";
import type { Shapes } from "./model.ts";

/** The values, scaled as they were when they were seen; 0 before the first. */
const LAST = "last";
/** What they were scaled by then, of a model whose sequences have units of their own; a scale of 0 before the first. */
const [SHIFT, SCALE] = ["last.shift", "last.scale"];
/** How many steps ago that was, for an emission that reads it: 1 where it was the step before; 0 before the first. */
const AGE = "last.age";
/** What it had been a season before it was seen, and where that is known, for an emission that reads it. */
const [AGO, KNOWN] = ["last.season", "last.season.mask"];

/** What is kept beside the values. */
export interface KeptOfLast {
  /** Whether sequences have units of their own. */
  readonly units: boolean;
  /** Whether the emission reads the age. */
  readonly age: boolean;
  /** Whether it reads what was a season ago. */
  readonly season?: boolean;
}

/** The parts of a state that hold them. @param width D */
export const lastShapes = (width: number, { units, age, season }: KeptOfLast): Shapes => ({
  [LAST]: [width],
  ...(units && { [SHIFT]: [width], [SCALE]: [width] }),
  ...(age && { [AGE]: [width] }),
  ...(season && { [AGO]: [width], [KNOWN]: [width] }),
});

/** The names of all these parts. */
export const lastParts: readonly string[] = [LAST, SHIFT, SCALE, AGE, AGO, KNOWN];

/** What holds at a step. */
export interface AtStep {
  /** Of a model whose sequences have their own. */
  readonly units?: EmissionUnits | undefined;
  /** What its columns were a season before, of a model that is placed around that. */
  readonly season?: KnownValues | undefined;
}

/**
 * What was seen last, in the units of now, `[..., D]`; undefined of a model that keeps none.
 *
 * @param now of the step that is to come
 */
export function recalled(state: State, { units, season }: AtStep = {}): LastSeen | undefined {
  const { [LAST]: last, [SHIFT]: shift, [SCALE]: scale, [AGO]: ago, [KNOWN]: known } = state;
  if (last === undefined) return undefined;
  const inUnitsOfNow = (value: Tensor) =>
    shift && scale && units ? where(greater(scale, 0), rescaled(value, { shift, scale }, units), 0) : value;
  return {
    value: inUnitsOfNow(last),
    get age() {
      return part(state, AGE);
    },
    season: season && ago && known && { now: season, ofLast: { value: inUnitsOfNow(ago), mask: known } },
  };
}

/** A value in other units. Differences first: where the units stay, a large shift costs no digits. */
export const rescaled = (value: Tensor, then: Omit<EmissionUnits, "cell">, now: EmissionUnits): Tensor =>
  div(add(mul(value, then.scale), sub(then.shift, now.shift)), now.scale);

/** A value `[..., D]` with what held at its step. */
interface Seen extends AtStep {
  readonly value: Tensor;
}

/** These parts after a step. @param present bool `[..., D]`: which entries were observed; all unless told */
export function seenLast(before: State, { value, units, season }: Seen, present?: Tensor): State {
  const parts = {
    [LAST]: value,
    [SHIFT]: units?.shift,
    [SCALE]: units?.scale,
    [AGE]: 1,
    [AGO]: season?.value,
    [KNOWN]: season?.mask,
  };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, now]): [string, Tensor][] => {
      const own = before[part];
      if (own === undefined || now === undefined) return [];
      if (present === undefined) return [[part, typeof now === "number" ? filledLike(own, now) : now]];
      return [[part, where(present, now, part === AGE ? older(own) : own)]];
    }),
  );
}

/** An age a step later: 0 still where nothing was ever seen. */
const older = (age: Tensor): Tensor => where(greater(age, 0), add(age, 1), 0);
