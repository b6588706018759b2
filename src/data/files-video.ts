/** Videos, by the system's ffmpeg. */
import { spawn } from "node:child_process";
import { VrnnError } from "../errors.ts";
import { counted } from "../words/figures.ts";
import type { ColourName } from "./images/colour-names.ts";
import { noPicture, type Picture, requireSize } from "./images/picture.ts";
import { PixmapReader } from "./images/pixmap.ts";

/** How videos are read. */
export interface VideoSettings {
  /** Frames a second; as they come unless told. */
  readonly fps?: number | undefined;
  /** In colours unless told. */
  readonly colours?: ColourName | undefined;
}

/**
 * The frames of a video, one after the other.
 *
 * @param tell is told what ffmpeg complains of where it reads on, such as a damaged frame
 * @throws VrnnError `data/ffmpeg` where ffmpeg is missing, `data/picture` where it cannot read the file, `data/picture-size`
 * @example
 * for await (const { width, height } of videoFrames("walk.mp4", { fps: 10, colours: "grey" })) ...
 */
export async function* videoFrames(
  path: string,
  { fps, colours }: VideoSettings,
  tell: (complaint: string) => void = () => undefined,
): AsyncGenerator<Picture> {
  const rates = fps === undefined ? EACH_ONCE : [["-vf", `fps=${fps}`]];
  for (const [i, rate] of rates.entries()) {
    const { told, isFailed } = yield* framesBy(path, rate, colours);
    if (!isFailed) {
      if (told !== "") tell(`${path}: ffmpeg reads on after: ${shortened(told)}`);
      return;
    }
    const isUnknown = told.includes(`Unrecognized option '${rate[0]!.slice(1)}'`);
    if (i === rates.length - 1 || !isUnknown) throw noPicture(`ffmpeg cannot read it: ${told}`, path);
  }
}

/** The first line, and how many come after it. */
function shortened(told: string): string {
  const [first = "", ...more] = told.trim().split("\n");
  return more.length === 0 ? first : `${first} (and ${counted(more.length, "more line")})`;
}

/** How ffmpeg is asked for each frame once: by the option of versions from 5.1 on, then by that of those before. */
const EACH_ONCE: readonly (readonly string[])[] = [
  ["-fps_mode", "passthrough"],
  ["-vsync", "passthrough"],
];

/** The frames that ffmpeg gives when it is asked so; then how it ended. */
async function* framesBy(
  path: string,
  rate: readonly string[],
  colours: VideoSettings["colours"],
): AsyncGenerator<Picture, Pick<End, "told" | "isFailed">> {
  const codec = colours === "grey" ? ["pgm", "gray"] : ["ppm", "rgb24"];
  const process = ffmpeg([
    ...["-protocol_whitelist", "file,pipe", "-i", `file:${path}`, "-an", "-sn"],
    ...rate,
    ...["-f", "image2pipe", "-c:v", codec[0]!, "-pix_fmt", codec[1]!, "pipe:1"],
  ]);
  const reader = new PixmapReader((size) => requireSize(size, path));
  let count = 0;
  try {
    for await (const piece of process.stdout) {
      for (const picture of reader.read(piece as Uint8Array)) {
        count += 1;
        yield picture;
      }
    }
    const { isMissing, told, isFailed } = await process.end;
    if (isMissing) throw noFfmpeg("videos are read", path, "save the frames as pictures in a folder");
    return count === 0 ? { told: told || "it holds no video", isFailed: true } : { told, isFailed };
  } finally {
    process.kill();
  }
}

/**
 * Frames as a video in MP4.
 *
 * @param frames each `[height, width, channels]`, of even sides
 * @param fps frames a second
 * @throws VrnnError `data/ffmpeg` where ffmpeg is missing or cannot write it
 */
export async function mp4Of(frames: readonly Picture[], fps: number): Promise<Uint8Array> {
  const { width, height, channels } = frames[0]!;
  const process = ffmpeg([
    ...["-f", "rawvideo", "-pix_fmt", channels === 1 ? "gray" : "rgb24", "-s", `${width}x${height}`],
    ...["-r", String(fps), "-i", "pipe:0", "-pix_fmt", "yuv420p"],
    ...["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1"],
  ]);
  process.stdin.end(Buffer.concat(frames.map(({ pixels }) => pixels)));
  const pieces: Uint8Array[] = [];
  for await (const piece of process.stdout) pieces.push(piece as Uint8Array);
  const { isMissing, told, isFailed } = await process.end;
  if (isMissing) throw noFfmpeg("MP4 is written", "ffmpeg", "write a GIF");
  if (isFailed || pieces.length === 0)
    throw new VrnnError("data/ffmpeg", `ffmpeg cannot write the video: ${told}`, { remedy: "write a GIF" });
  return new Uint8Array(Buffer.concat(pieces));
}

/** How a process came to its end. */
interface End {
  /** Whether there is no such program. */
  readonly isMissing: boolean;
  /** Whether it could not do what it was asked for. */
  readonly isFailed: boolean;
  /** What it said of errors, which it may say of what it can go on from. */
  readonly told: string;
}

/** ffmpeg at work. */
function ffmpeg(options: readonly string[]) {
  const child = spawn("ffmpeg", ["-v", "error", "-nostdin", ...options], { stdio: "pipe" });
  let told = "";
  child.stderr.on("data", (piece: Buffer) => {
    if (told.length < MOST_TOLD) told += piece.toString();
  });
  child.stdin.on("error", () => undefined); // it may end before it has read everything, and says why
  const end = new Promise<End>((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ isMissing: error.code === "ENOENT", isFailed: true, told: error.message }),
    );
    child.on("close", (code) =>
      resolve({
        isMissing: false,
        isFailed: code !== 0,
        told: told || (code === 0 ? "" : `exit code ${code}`),
      }),
    );
  });
  return { stdin: child.stdin, stdout: child.stdout, end, kill: () => void child.kill() };
}

const MOST_TOLD = 2000;

const noFfmpeg = (what: string, at: string, otherwise: string): VrnnError =>
  new VrnnError("data/ffmpeg", `${what} by ffmpeg, which is not installed`, {
    at,
    remedy: `install it from https://ffmpeg.org or your system's packages, or ${otherwise}`,
  });
