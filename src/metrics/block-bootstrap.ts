import { Random } from "../random/generator.ts";
import { sampleQuantile } from "./quantiles.ts";

/** What one block of outcomes adds to two measures over the same weights. */
export interface PairedBlock {
  readonly loss: number;
  readonly rival: number;
  readonly weight: number;
}

const [DRAWS, SEED] = [2000, 1];

/**
 * An interval of 95 % of the difference (Σ loss − Σ rival)/Σ weight by drawing whole blocks anew (Carlstein 1986): what lies
 * within a block may depend on each other. Undefined for fewer than five blocks, which tell nothing of how they vary.
 *
 * @example
 * pairedInterval(blocks); // [-0.004, -0.001]: the first is better
 */
export function pairedInterval(blocks: readonly PairedBlock[]): [low: number, high: number] | undefined {
  if (blocks.length < 5) return undefined;
  const random = Random.stream(SEED, "block bootstrap");
  const differences = Float64Array.from({ length: DRAWS }, () => {
    let [difference, weight] = [0, 0];
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[random.integer(blocks.length)]!;
      difference += block.loss - block.rival;
      weight += block.weight;
    }
    return difference / weight;
  }).sort();
  return [sampleQuantile(differences, 0.025), sampleQuantile(differences, 0.975)];
}
