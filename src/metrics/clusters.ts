import { VrnnError } from "../errors.ts";

/**
 * How much two groupings of the same items tell of each other, from 0 (nothing) to 1 (the same): their mutual information
 * over the mean of their entropies (Vinh, Epps and Bailey 2010, NMI_sum). Two groupings of one group each are the same: 1.
 *
 * @param left `[N]` @param right `[N]`: the group of each item, whatever it is called
 * @throws VrnnError `metrics/length` when the lengths differ or are 0
 * @example
 * normalisedMutualInformation([0, 0, 1, 1], ["b", "b", "a", "a"]); // 1
 */
export function normalisedMutualInformation(
  left: readonly (number | string)[],
  right: readonly (number | string)[],
): number {
  if (left.length !== right.length || left.length === 0)
    throw new VrnnError("metrics/length", `${left.length} and ${right.length} items are grouped`);
  const both = entropy(left.map((own, n) => JSON.stringify([own, right[n]])));
  const [one, other] = [entropy(left), entropy(right)];
  return one + other === 0 ? 1 : Math.max(0, (2 * (one + other - both)) / (one + other));
}

function entropy(groups: readonly (number | string)[]): number {
  const counts = new Map<number | string, number>();
  for (const group of groups) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / groups.length;
    return sum - share * Math.log(share);
  }, 0);
}
