/**
 * The training step of this build against that of another checkout, in pairs that take turns:
 *
 *     npm run bench -- --against ../before [--only tiny,music] [--pairs 20] [--json]
 *
 * Both builds run the loads of this checkout. A ratio above 1 is faster than the other. The interval is that of the median
 * of paired ratios at 95 %, by order statistics; load on the machine meets both sides of a pair alike.
 */
import { Ours } from "./ours.mjs";
import { interleaved, summary } from "./pairs.mjs";

/** The least share of the other's speed that a change may leave. */
export const leastRatio = 0.97;

async function compare(name, build, pairs) {
  const sides = [];
  try {
    sides.push(await Ours.of(name));
    sides.push(await Ours.of(name, { build }));
    const [ours, theirs] = [...(await interleaved(sides, pairs)).values()];
    return { ...summary(theirs.map((ms, pair) => ms / ours[pair])), pairs };
  } finally {
    for (const side of sides) side.stop();
  }
}

/** @returns by load the ratio and its interval. @param say told of each as it comes, and of what a build cannot run */
export async function against(build, names, pairs, say) {
  const results = {};
  for (const name of names) {
    try {
      results[name] = await compare(name, build, pairs);
    } catch (error) {
      say(`${name}: left out, a build cannot run it: ${error.message}`);
      continue;
    }
    const { ratio, interval } = results[name];
    const [low, high] = interval.map((value) => value.toFixed(3));
    say(`${name.padEnd(18)} ${ratio.toFixed(3)} (${low} to ${high}) of ${pairs} pairs`);
  }
  return results;
}
