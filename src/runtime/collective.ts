/**
 * Processes that train one model together, each on rows of its own of every batch. All are given the same data, options and
 * beginning, and are stopped together: each decides by itself when it is done, from the same numbers.
 */
export interface Collective {
  /** Which of them this is, from 0. */
  readonly rank: number;
  readonly size: number;
  /** Puts the sum over all processes in the place of these numbers; all call it, in the same order, with as many numbers. */
  allReduce(values: Float32Array | Float64Array): Promise<void>;
}

/** A single process. */
export const alone: Collective = { rank: 0, size: 1, allReduce: () => Promise.resolve() };

/** The sum over all processes of each of some named numbers. */
export async function sumOver<Name extends string>(
  collective: Collective,
  numbers: Readonly<Record<Name, number>>,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(numbers) as Name[];
  const values = Float64Array.from(names, (name) => numbers[name]);
  await collective.allReduce(values);
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<Name, number>;
}
