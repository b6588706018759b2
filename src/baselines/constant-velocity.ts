/** Going on as before (Schöller et al., "What the Constant Velocity Model Can Teach Us About Pedestrian Motion Prediction", 2020). */
import type { Random } from "../random/generator.ts";

/** How far futures stray from going on as before: standard deviations. */
export interface Straying {
  /** Of the direction, in radians. */
  readonly heading: number;
  /** Of the factor of the speed, around 1. */
  readonly speed: number;
}

/** Chosen on ETH/UCY. */
export const USUAL_STRAYING: Straying = { heading: 0.35, speed: 0.2 };

/**
 * The path of what goes on as before, `[T, 2]`, from its last place, ahead and to the left.
 *
 * @param speed how far the last move went
 * @example
 * constantVelocity(0.5, 3); // [0.5, 0, 1, 0, 1.5, 0]
 */
export const constantVelocity = (speed: number, steps: number): Float64Array => straight(speed, 0, steps);

/** A path whose direction and speed are drawn once around those of the last move. */
export function strayingVelocity(
  speed: number,
  steps: number,
  random: Random,
  { heading, speed: factor }: Straying = USUAL_STRAYING,
): Float64Array {
  const angle = heading * random.normal();
  return straight(speed * (1 + factor * random.normal()), angle, steps);
}

/** Equal moves in one direction. */
const straight = (speed: number, angle: number, steps: number): Float64Array =>
  Float64Array.from({ length: 2 * steps }, (_, i) => {
    const share = i % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
    return (Math.floor(i / 2) + 1) * speed * share;
  });
