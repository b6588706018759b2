/** What sides tell each other in files: weights, inputs and gradients by name. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors, encodeSafetensors } from "../dist/checkpoint/safetensors.js";

/** Where our weights, inputs and gradients lie in a folder for the rivals, and where they write theirs. */
export const filesIn = (folder) =>
  Object.fromEntries(
    ["weights", "inputs", "gradients", "out"].map((name) => [name, join(folder, `${name}.safetensors`)]),
  );

const stored = { float32: "F32", int64: "I64" };

/** Writes groups of tensors to a folder, a file each. */
export function writeTensors(folder, groups) {
  for (const [group, tensors] of Object.entries(groups)) {
    const entries = Object.entries(tensors).map(([name, { dtype, ...tensor }]) => [
      name,
      { dtype: stored[dtype], ...tensor },
    ]);
    writeFileSync(filesIn(folder)[group], encodeSafetensors(Object.fromEntries(entries)));
  }
}

const read = (path) => decodeSafetensors(readFileSync(path), path).tensors;

/** The largest ‖ours − theirs‖ / ‖theirs‖ over all tensors of two files. @throws where theirs lacks one of ours */
export function worstDifference(ours, theirs) {
  const found = read(theirs);
  return Object.entries(read(ours)).reduce((worst, [name, { data }]) => {
    if (found[name] === undefined) throw new Error(`the rival gives no gradient of ${name}`);
    return Math.max(worst, difference(data, found[name].data));
  }, 0);
}

function difference(ours, theirs) {
  let [apart, size] = [0, 0];
  for (let i = 0; i < theirs.length; i++) {
    apart += (ours[i] - theirs[i]) ** 2;
    size += theirs[i] ** 2;
  }
  return Math.sqrt(apart / Math.max(size, 1e-30));
}
