/** What a value costs, as far as it is known before sizes are. */
import { factorOf, namesOf, type TensorType } from "../graph/dims.ts";

/** What an axis with a name is taken for: rows of a batch, places of a memory. */
const TYPICAL = 16;

/**
 * Entries of which one step's value no longer fits beside others into the cache of a core (256 kB as float32). For all
 * steps at once such a value is read from and written to memory; step by step it stays in the cache, which is worth
 * more than the microsecond that one more op in the loop takes.
 */
const LARGE = 2 ** 16;

/** Whether a value of one step is large, an axis without a number counted as `TYPICAL`. */
export const isLarge = ({ shape }: Pick<TensorType, "shape">): boolean =>
  shape.reduce<number>((all, dim) => all * factorOf(dim) * TYPICAL ** namesOf(dim).length, 1) >= LARGE;
