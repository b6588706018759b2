/** Where frames come in from: a clip that is played, or stdin. */
import type { FramesField } from "../../data/fields.ts";
import { frameLike, requirePictures } from "../../data/images/frame-like.ts";
import { FrameCutter, type LiveFrame } from "../../data/images/live-frames.ts";
import { sizeOf } from "../../data/images/preparation.ts";
import { VrnnError } from "../../errors.ts";
import { usageError } from "../../options.ts";
import { grouped } from "../../words/figures.ts";
import type { Context } from "../context.ts";
import { filesOf } from "../usual.ts";
import type { WatchInput } from "../watch-input.ts";

/** What the clip on stdin is called. */
const STDIN = "stdin";

/**
 * The frames that an operation is to watch, as they come.
 *
 * @throws VrnnError `usage/option` for two sources, or a size that is none; `data/frames`, `data/missing-file`
 */
export async function framesComing(
  context: Context,
  { play, raw }: Pick<WatchInput, "play" | "raw">,
  field: FramesField,
): Promise<AsyncIterable<LiveFrame>> {
  if (play !== undefined && raw !== undefined)
    throw usageError("--raw reads stdin, and --play something else", "leave one of them out");
  if (play !== undefined) return filesOf(context).played(play, field);
  if (raw === "") return rawFrames(context, widthOf(field), (bytes) => asStored(bytes, field));
  requirePictures(field, STDIN);
  if (raw === undefined) return namedFrames(context, field);
  const { width, height } = sizeOf(raw, "--raw");
  const channels = field.shape[2] === 3 ? 3 : 1;
  const { schema } = (await context.run()).config.data;
  const size = width * height * channels;
  const frameOf = (pixels: Uint8Array) =>
    frameLike({ width, height, channels, pixels }, field, schema, STDIN);
  frameOf(new Uint8Array(size)); // a size that no frame of the run can be made of is told before the first comes
  return rawFrames(context, size, frameOf);
}

const widthOf = ({ shape }: FramesField): number => shape.reduce((all, size) => all * size, 1);

/** @throws VrnnError `data/frames` for pixels beyond those of the field */
function asStored(bytes: Uint8Array, { range: [, most] }: FramesField): Uint8Array {
  const beyond = bytes.find((byte) => byte > most);
  if (beyond === undefined) return bytes;
  throw new VrnnError("data/frames", `${beyond} is no pixel`, {
    at: STDIN,
    remedy: `give bytes up to ${most}, as the run was trained on`,
  });
}

/** Pictures whose paths come in, one a line. */
async function* namedFrames(context: Context, field: FramesField): AsyncGenerator<LiveFrame> {
  const files = filesOf(context);
  yield { type: "clip", name: STDIN };
  for await (const line of files.waitingLines()) {
    if (typeof line === "string") yield { type: "note", text: line };
    else if (line.text?.trim() !== "")
      yield await tried(async () => {
        if (line.text === undefined)
          throw new VrnnError("data/line", "the line is too long", { at: `${STDIN}:${line.number}` });
        return { type: "frame", pixels: await files.frame(line.text, field), at: line.text };
      });
  }
}

/** Frames whose bytes come in, one behind the other. @param size of one, in bytes */
async function* rawFrames(
  context: Context,
  size: number,
  frameOf: (bytes: Uint8Array) => Uint8Array,
): AsyncGenerator<LiveFrame> {
  const cutter = new FrameCutter(size);
  yield { type: "clip", name: STDIN };
  for await (const piece of filesOf(context).bytes()) {
    if (typeof piece === "string") yield { type: "note", text: piece };
    else
      for (const bytes of cutter.push(piece))
        yield await tried(async () => ({ type: "frame", pixels: frameOf(bytes) }));
  }
  if (cutter.begun > 0)
    yield {
      type: "note",
      text: `${STDIN} ended within a frame, ${grouped(cutter.begun)} of ${grouped(size)} bytes: it is left out`,
    };
}

/** A frame, or what is wrong with it. */
async function tried(read: () => Promise<LiveFrame>): Promise<LiveFrame> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VrnnError) return { type: "broken", error };
    throw error;
  }
}
