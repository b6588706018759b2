/** The values of the columns that were observed last, which the derivation keeps for emissions that lean on them. */
import type { EmissionUnits } from "../distributions/emission.ts";
import { add, div, greater, mul, sub, type Tensor, where } from "../graph/index.ts";
import type { State } from "../nn/cells.ts";
import type { Shapes } from "./model.ts";

/** The values, scaled as they were when they were seen; 0 before the first. */
const LAST = "last";
/** What they were scaled by then, of a model whose sequences have units of their own; a scale of 0 before the first. */
const [SHIFT, SCALE] = ["last.shift", "last.scale"];

/** The parts of a state that hold them. @param width D @param units whether sequences have units of their own */
export const lastShapes = (width: number, units: boolean): Shapes => ({
  [LAST]: [width],
  ...(units && { [SHIFT]: [width], [SCALE]: [width] }),
});

/** The names of all these parts. */
export const lastParts: readonly string[] = [LAST, SHIFT, SCALE];

/**
 * The last values in the units of now, `[..., D]`; undefined of a model that keeps none.
 *
 * @param units of the step that is to come
 */
export function recalled(state: State, units?: EmissionUnits): Tensor | undefined {
  const { [LAST]: last, [SHIFT]: shift, [SCALE]: scale } = state;
  if (last === undefined || shift === undefined || scale === undefined || units === undefined) return last;
  // Differences first: where the units stay, a large shift costs no digits.
  const now = div(add(mul(last, scale), sub(shift, units.shift)), units.scale);
  return where(greater(scale, 0), now, 0);
}

/** A value `[..., D]` with the units that it is scaled by. */
interface Seen {
  readonly value: Tensor;
  readonly units: EmissionUnits | undefined;
}

/** These parts after a step. @param present bool `[..., D]`: which entries were observed; all unless told */
export function seenLast(before: State, { value, units }: Seen, present?: Tensor): State {
  const parts = { [LAST]: value, [SHIFT]: units?.shift, [SCALE]: units?.scale };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, now]) => {
      const own = before[part];
      if (own === undefined || now === undefined) return [];
      return [[part, present === undefined ? now : where(present, now, own)]];
    }),
  );
}
