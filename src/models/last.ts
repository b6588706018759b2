/** The values of the columns that were observed last and their age, which the derivation keeps for emissions that lean on them. */
import type { EmissionUnits, LastSeen } from "../distributions/emission.ts";
import { VrnnError } from "../errors.ts";
import { add, div, filledLike, greater, mul, sub, type Tensor, where } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Shapes } from "./model.ts";

/** The values, scaled as they were when they were seen; 0 before the first. */
const LAST = "last";
/** What they were scaled by then, of a model whose sequences have units of their own; a scale of 0 before the first. */
const [SHIFT, SCALE] = ["last.shift", "last.scale"];
/** How many steps ago that was, for an emission that reads it: 1 where it was the step before; 0 before the first. */
const AGE = "last.age";

/** What is kept beside the values. */
export interface KeptOfLast {
  /** Whether sequences have units of their own. */
  readonly units: boolean;
  /** Whether the emission reads the age. */
  readonly age: boolean;
}

/** The parts of a state that hold them. @param width D */
export const lastShapes = (width: number, { units, age }: KeptOfLast): Shapes => ({
  [LAST]: [width],
  ...(units && { [SHIFT]: [width], [SCALE]: [width] }),
  ...(age && { [AGE]: [width] }),
});

/** The names of all these parts. */
export const lastParts: readonly string[] = [LAST, SHIFT, SCALE, AGE];

/**
 * What was seen last, in the units of now, `[..., D]`; undefined of a model that keeps none.
 *
 * @param units of the step that is to come
 */
export function recalled(state: State, units?: EmissionUnits): LastSeen | undefined {
  const value = valueNow(state, units);
  if (value === undefined) return undefined;
  return {
    value,
    get age() {
      const { [AGE]: age } = state;
      if (age === undefined) throw unkept();
      return age;
    },
  };
}

function valueNow(state: State, units?: EmissionUnits): Tensor | undefined {
  const { [LAST]: last, [SHIFT]: shift, [SCALE]: scale } = state;
  if (last === undefined || shift === undefined || scale === undefined || units === undefined) return last;
  // Differences first: where the units stay, a large shift costs no digits.
  const now = div(add(mul(last, scale), sub(shift, units.shift)), units.scale);
  return where(greater(scale, 0), now, 0);
}

const unkept = (): VrnnError =>
  new VrnnError("distribution/age", "an emission reads the age of what was seen last, which is not kept", {
    remedy: "say `readsAge: true` beside its `recall`",
  });

/** A value `[..., D]` with the units that it is scaled by. */
interface Seen {
  readonly value: Tensor;
  readonly units: EmissionUnits | undefined;
}

/** These parts after a step. @param present bool `[..., D]`: which entries were observed; all unless told */
export function seenLast(before: State, { value, units }: Seen, present?: Tensor): State {
  const parts = { [LAST]: value, [SHIFT]: units?.shift, [SCALE]: units?.scale };
  const kept = Object.entries(parts).flatMap(([part, now]) => {
    const own = before[part];
    if (own === undefined || now === undefined) return [];
    return [[part, present === undefined ? now : where(present, now, own)]];
  });
  const { [AGE]: age } = before;
  return { ...Object.fromEntries(kept), ...(age && { [AGE]: olderUnless(present, age) }) };
}

/** An age after another step: 1 where something was seen, one more elsewhere, and 0 still where nothing ever was. */
function olderUnless(present: Tensor | undefined, age: Tensor): Tensor {
  if (present === undefined) return filledLike(age, 1);
  return where(present, 1, where(greater(age, 0), add(age, 1), 0));
}
