import { expect, test } from "vitest";
import { interleaved, median, summary } from "../../bench/pairs.mjs";

test("the interval of a median holds it as often as it says, by the binomial distribution", () => {
  for (let count = 6; count <= 200; count++) {
    const ranks = Array.from({ length: count }, (_, rank) => rank);
    const [low, high] = summary(ranks.toReversed()).interval as [number, number];
    // It is missed where fewer than low + 1 numbers lie below the median, or more than high.
    let share = 0;
    let chance = 2 ** -count;
    for (let below = 0; below <= count; below++) {
      if (below > low && below <= high) share += chance;
      chance *= (count - below) / (below + 1);
    }
    expect(share, `${count} pairs`).toBeGreaterThanOrEqual(0.95);
    expect(summary(ranks).ratio).toBe((count - 1) / 2);
  }
  expect(median([3, 1, 2, 10])).toBe(2.5);
});

test("sides take turns, each as long as it needs for a turn, in another order each round", async () => {
  const turns: string[] = [];
  const sideOf = (name: string, ms: number) => ({
    times: async (count: number) => {
      turns.push(`${name}${count}`);
      return Array<number>(count).fill(ms);
    },
  });
  const [fast, slow] = [sideOf("fast ", 12), sideOf("slow ", 500)];
  const times = await interleaved([fast, slow], 3);
  expect(turns).toEqual([
    ...["fast 3", "slow 3"],
    ...["fast 10", "slow 1"],
    ...["slow 1", "fast 10"],
    ...["fast 10", "slow 1"],
  ]);
  expect([...times.values()]).toEqual([
    [12, 12, 12],
    [500, 500, 500],
  ]);
});
