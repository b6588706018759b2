/** Gradients against differences of their losses. */
import { expect } from "vitest";

/**
 * Expects a gradient to be the slope of a loss along directions: central differences 3e-3 to either side, by the norm of the
 * gradient.
 *
 * @param loss at some weights, `[P]`
 */
export async function expectSlopes(
  gradient: readonly number[],
  weights: Float32Array,
  loss: (weights: Float32Array) => Promise<number>,
  ways: readonly (readonly number[] | Float32Array)[],
): Promise<void> {
  const norm = Math.hypot(...gradient);
  for (const way of ways) {
    const length = Math.hypot(...way);
    const along = (by: number) => loss(weights.map((each, i) => each + (by * way[i]!) / length));
    const difference = ((await along(3e-3)) - (await along(-3e-3))) / 6e-3;
    const slope = gradient.reduce((all, each, i) => all + (each * way[i]!) / length, 0);
    expect(Math.abs(difference - slope)).toBeLessThan(2e-3 * norm);
  }
}
