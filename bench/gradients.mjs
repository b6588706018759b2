import { readFileSync } from "node:fs";
import { decodeSafetensors } from "../dist/checkpoint/safetensors.js";

const read = (path) => decodeSafetensors(readFileSync(path), path).tensors;

/** The largest ‖ours − theirs‖ / ‖theirs‖ over all tensors of two files. @throws where theirs lacks one of ours */
export function worstGradientError(ours, theirs) {
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
