/** UCSD Ped2 as clips: the frames of the archive as arrays `[T, 80, 120]`, which are named after splits; and the labels of its test frames. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesToNpy } from "../../dist/data/arrays/write-npy.js";
import { decodePicture } from "../../dist/data/images/decode.js";
import { inGrey } from "../../dist/data/images/picture.js";

/** Training clips that training does not see: likelihoods are told by them, and thresholds set. */
const VALIDATING = ["05", "10", "15"];

const folderOf = () => join(process.env.VRNN_DATA ?? "data", "video");

/** The folder of clips, made if it is not there. */
export async function ped2Clips(work) {
  const clips = join(work, "ped2");
  if (existsSync(clips)) return clips;
  const [raw, fresh] = [join(work, "ped2-frames"), join(work, "ped2.new")];
  for (const folder of [raw, fresh]) mkdirSync(folder, { recursive: true });
  execFileSync("tar", ["-xzf", join(folderOf(), "ucsd_ped2_120x80.tar.gz"), "-C", raw]);
  for (const part of ["training", "testing"])
    for (const clip of readdirSync(join(raw, part)).sort()) {
      const names = readdirSync(join(raw, part, clip)).sort();
      const frames = [];
      for (const name of names) {
        const at = join(raw, part, clip, name);
        frames.push(inGrey(await decodePicture(readFileSync(at), at)));
      }
      const { width, height } = frames[0];
      const bytes = Buffer.concat(frames.map(({ pixels }) => pixels));
      const split = part === "testing" ? "test" : VALIDATING.includes(clip) ? "valid" : "train";
      writeFileSync(join(fresh, `${split}-${clip}.npy`), bytesToNpy(bytes, [frames.length, height, width]));
    }
  renameSync(fresh, clips);
  return clips;
}

/** Which frames of each test clip are odd, as its authors say. @param lengths of the clips, in their order */
export function ped2Labels(lengths) {
  const text = readFileSync(join(folderOf(), "ucsd_ped2_labels", "UCSDped2.m"), "utf8");
  const spans = [...text.matchAll(/\[(\d+):(\d+)\]/g)].map(([, from, to]) => [Number(from), Number(to)]);
  return lengths.map((length, i) =>
    Uint8Array.from({ length }, (_, t) => (t + 1 >= spans[i][0] && t + 1 <= spans[i][1] ? 1 : 0)),
  );
}
