/** Draws in which some columns keep the spread that they are told with. */
import { constant, filledLike, greater, where } from "../graph/index.ts";
import type { Emission } from "./emission.ts";

/**
 * An emission that draws some columns as it tells them, whatever the temperature of the others is: a lower one makes what is rare rarer. What
 * it says of data stays as it is, and so does the draw of rows of which a part was seen.
 *
 * @param kept of each column whether it is one of them
 */
export function untempered(emission: Emission, kept: readonly boolean[]): Emission {
  const { bind, under } = emission;
  const isKept = greater(constant(kept.map(Number), [kept.length]), 0); // [D]
  return {
    ...emission,
    sample: (raw, draws, temperature) =>
      where(
        isKept,
        emission.sample(raw, draws, filledLike(temperature, 1)),
        emission.sample(raw, draws, temperature),
      ),
    ...(bind && { bind: (weight) => untempered(bind(weight), kept) }),
    ...(under && { under: (units) => untempered(under(units), kept) }),
  };
}
