/** UCSD Ped2 as clips: the frames of the archive as arrays `[T, 80, 120]`, which are named after splits; and the labels of its test frames. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesToNpy } from "../../dist/data/arrays/write-npy.js";

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
  const decode = await greyDecoder();
  for (const part of ["training", "testing"])
    for (const clip of readdirSync(join(raw, part)).sort()) {
      const names = readdirSync(join(raw, part, clip)).sort();
      const frames = names.map((name) => decode(readFileSync(join(raw, part, clip, name))));
      const { width, height } = frames[0];
      const bytes = Buffer.concat(frames.map(({ grey }) => grey));
      const split = part === "testing" ? "test" : VALIDATING.includes(clip) ? "valid" : "train";
      writeFileSync(join(fresh, `${split}-${clip}.npy`), bytesToNpy(bytes, [frames.length, height, width]));
    }
  renameSync(fresh, clips);
  return clips;
}

/** Pictures are decoded by jpeg-js, which has to be installed for that. */
async function greyDecoder() {
  const { default: jpeg } = await import("jpeg-js").catch(() => {
    throw new Error("frames are JPEG: npm install --no-save jpeg-js");
  });
  return (file) => {
    const { width, height, data } = jpeg.decode(file, { useTArray: true });
    return { width, height, grey: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]) };
  };
}

/** Which frames of each test clip are odd, as its authors say. @param lengths of the clips, in their order */
export function ped2Labels(lengths) {
  const text = readFileSync(join(folderOf(), "ucsd_ped2_labels", "UCSDped2.m"), "utf8");
  const spans = [...text.matchAll(/\[(\d+):(\d+)\]/g)].map(([, from, to]) => [Number(from), Number(to)]);
  return lengths.map((length, i) =>
    Uint8Array.from({ length }, (_, t) => (t + 1 >= spans[i][0] && t + 1 <= spans[i][1] ? 1 : 0)),
  );
}
