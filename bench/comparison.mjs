/** One load: ours and every rival's variants at their best, in turns, with the gradients compared and the memory read. */

import { loads } from "./loads/index.mjs";
import { Ours } from "./ours.mjs";
import { interleaved, median, summary } from "./pairs.mjs";
import { filesIn } from "./tensors.mjs";

const rounded = (value, digits = 2) => Number(value.toFixed(digits));

/** Has our gradients written by a process of its own, so that the one that is measured holds nothing for it. */
async function writeOurs(name, folder) {
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
  await writeOurs(name, folder);
  const theirs = [];
  const sides = [];
  try {
    for (const [key, rival] of Object.entries(rivals))
      if (load.rivals[key] !== undefined) theirs.push(...(await rival.contestants(load, files, say)));
    const errors = [];
    for (const rival of theirs) errors.push(await rival.gradientError(files));
    const ours = await Ours.fastest(name, load.shards);
    sides.push(ours, ...theirs);
    const times = await interleaved(sides, load.pairs ?? pairs);
    const ms = median(times.get(ours));
    return {
      ours: {
        ms: rounded(ms),
        setting: ours.setting,
        peakGigabytes: rounded((await ours.memory()) / 1000, 3),
      },
      ...(ours.flops && { ofCeiling: rounded(ours.flops / (ms * 1e6) / ceiling, 3) }),
      pairs: load.pairs ?? pairs,
      ...(await toldOf(theirs, { ours, times, errors })),
    };
  } finally {
    for (const side of new Set([...sides, ...theirs])) side.stop();
  }
}

/** What is told of each rival, and of the fastest that is not tuned once more. */
async function toldOf(theirs, { ours, times, errors }) {
  const told = {};
  for (const [i, rival] of theirs.entries())
    told[rival.name] = {
      ...compared(times.get(ours), times.get(rival)),
      setting: rival.setting,
      peakGigabytes: rounded((await rival.memory()) / 1000, 3),
      differsBy: Number(errors[i].toPrecision(2)),
    };
  const { tuned: _, ...plain } = told;
  const [fastest] = Object.values(plain).toSorted((a, b) => a.ms - b.ms);
  return { rivals: told, ...(fastest && { fastest }) };
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
