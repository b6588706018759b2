/** How wide a network is where nobody says so. */
import type { Notice } from "../data/notice.ts";
import type { ModelOptions } from "../models/family.ts";
import { grouped } from "../words/figures.ts";

/** Of fewer training steps a network of the usual width, with its hundred thousand weights, learns the noise. */
const FEW_STEPS = 500;
const NARROW = { hidden: 16, latent: 4 } as const;

/**
 * The options of a model of so many training steps: narrower where these are few, of a family that has such widths.
 *
 * @param notice is told so
 * @example
 * usualWidth({ hidden: 64, latent: 16 }, 96, console.log); // { hidden: 16, latent: 4 }
 */
export function usualWidth(model: ModelOptions, steps: number, notice: Notice): ModelOptions {
  if (steps >= FEW_STEPS || !Object.keys(NARROW).every((key) => key in model)) return model;
  const { hidden, latent } = NARROW;
  notice([
    `${grouped(steps)} training steps are few: ${hidden} hidden and ${latent} latent units (--hidden and --latent name others)`,
  ]);
  return { ...model, ...NARROW };
}
