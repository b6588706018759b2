/** The distribution of the pixels of a frame, given as numbers from 0 to 1. */
import type { Column } from "../../data/dataset.ts";
import { bernoulliOver } from "../../distributions/bernoulli.ts";
import type { Emission } from "../../distributions/emission.ts";
import { logistics } from "../../distributions/logistics.ts";

/** How the numbers of an emission are ordered: group by group, pixel by pixel, component by component. */
export interface PixelLayout {
  readonly groups: number;
  readonly components: number;
}

/** Logistic distributions of a mixture. */
const COMPONENTS = 5;

/**
 * Yes or no of each pixel, or, of more levels, a mixture of logistic distributions scored by the mass of each level's cell
 * (Salimans et al. 2017).
 *
 * @param pixels D @param levels how many values a pixel can take, spread evenly over 0 to 1
 */
export function pixelEmission(
  pixels: number,
  levels: number,
): { readonly emission: Emission; readonly layout: PixelLayout } {
  if (levels === 2)
    return {
      emission: bernoulliOver(Array<number>(pixels).fill(0.5)),
      layout: { groups: 1, components: 1 },
    };
  const column = shades(levels);
  const emission = logistics(COMPONENTS)(Array.from({ length: pixels }, () => column));
  return { emission, layout: { groups: 3, components: COMPONENTS } };
}

/** A pixel as a column whose unit is the whole range: what is scaled by it runs from 0 to 1. */
const shades = (levels: number): Column => ({
  name: "pixel",
  kind: "quantised",
  levels: [],
  resolution: 1,
  range: [0, levels - 1],
  mean: 0,
  standardDeviation: levels - 1,
  minimum: 0,
  maximum: levels - 1,
  missing: 0,
  shares: [],
});
