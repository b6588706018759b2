/** One load: ours and every rival's variants at their best, in turns, with the gradients compared and the memory read. */

import { join } from "node:path";
import { loads } from "./loads/index.mjs";
import { Ours } from "./ours.mjs";
import { interleaved, median, summary } from "./pairs.mjs";

const rounded = (value, digits = 2) => Number(value.toFixed(digits));

/** Where our weights, inputs and gradients lie for the rivals, and where they write theirs. */
const filesIn = (folder) =>
  Object.fromEntries(
    ["weights", "inputs", "gradients", "out"].map((name) => [name, join(folder, `${name}.safetensors`)]),
  );

/** Has our gradients written by a process of its own, so that the one that is measured holds nothing for it. */
async function writeTensors(name, folder) {
  const side = await Ours.of(name);
  try {
    await side.ask("tensors", { folder });
  } finally {
    side.stop();
  }
}

/**
 * @param rivals those that have started, by name
 * @param ceiling GFLOP/s of all cores
 * @param folder for tensors
 */
export async function compare(name, { rivals, pairs, ceiling, folder, say }) {
  const load = loads[name];
  const files = filesIn(folder);
  await writeTensors(name, folder);
  const theirs = [];
  const sides = [];
  try {
    for (const [key, rival] of Object.entries(rivals))
      if (load.rivals[key] !== undefined) theirs.push(...(await rival.contestants(load, files, say)));
    const errors = [];
    for (const rival of theirs) errors.push(await rival.gradientError(files));
    const ours = await Ours.fastest(name);
    sides.push(ours, ...theirs);
    const times = await interleaved(sides, load.pairs ?? pairs);
    const ms = median(times.get(ours));
    return {
      ours: { ms: rounded(ms), setting: ours.setting, peakMegabytes: rounded(await ours.memory(), 0) },
      ...(ours.flops && { ofCeiling: rounded(ours.flops / (ms * 1e6) / ceiling, 3) }),
      pairs: load.pairs ?? pairs,
      rivals: Object.fromEntries(
        await Promise.all(
          theirs.map(async (rival, i) => [
            rival.name,
            {
              ...compared(times.get(ours), times.get(rival)),
              setting: rival.setting,
              peakMegabytes: rounded(await rival.memory(), 0),
              differBy: Number(errors[i].toPrecision(2)),
            },
          ]),
        ),
      ),
    };
  } finally {
    for (const side of new Set([...sides, ...theirs])) side.stop();
  }
}

/** The rival's time, and how many times as long it takes as ours by the pairs of each round. */
function compared(ours, theirs) {
  const { ratio, interval } = summary(theirs.map((ms, round) => ms / ours[round]));
  return {
    ms: rounded(median(theirs)),
    ratio: rounded(ratio, 3),
    interval: interval.map((end) => rounded(end, 3)),
  };
}
