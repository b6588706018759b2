/** What an encoder of sound that somebody brings reads and tells, by what its file says. */
import type { FloatTensor, Port } from "../../runtime/node-frozen.ts";
import { type Frames, framesOf } from "../audio/frames.ts";
import { isFixed, portWords, refused } from "../encoders.ts";

/** Where samples go in and frames come out. */
export interface SoundPorts {
  readonly input: string;
  readonly output: string;
  /** Outputs that nothing is read of. */
  readonly others: readonly string[];
  /** Whether samples are `[N, 1, L]`, and not `[N, L]`. */
  readonly hasChannel: boolean;
}

/** Numbers in a frame at most. */
const MOST_WIDTH = 4096;

const WANTED =
  "bring one that reads samples, float32 [N, L] or [N, 1, L], N and L being free: what makes bands of them belongs into the file";

/**
 * The ports of an encoder: one input `[N, L]` or `[N, 1, L]` of float32, and the first output of float32 that has three axes.
 *
 * @param at its path
 * @throws VrnnError `data/encoder` for others
 * @example
 * soundPortsOf([{ name: "x", type: "float32", shape: ["N", "L"] }], [{ name: "y", type: "float32", shape: ["N", "T", 768] }], "a.onnx");
 * // { input: "x", output: "y", others: [], hasChannel: false }
 */
export function soundPortsOf(inputs: readonly Port[], outputs: readonly Port[], at: string): SoundPorts {
  const [input, ...more] = inputs;
  if (input === undefined || more.length > 0)
    throw refused(
      `it has ${inputs.length} inputs (${portWords(inputs)})`,
      at,
      "bring one that reads samples and nothing else",
    );
  const { name, type, shape } = input;
  const hasChannel = shape.length === 3 && shape[1] === 1;
  if (type !== "float32" || !(shape.length === 2 || hasChannel))
    throw refused(`its input is ${portWords(inputs)}`, at, WANTED);
  const [rows, length] = [shape[0], shape.at(-1)];
  if (isFixed(length) || (isFixed(rows) && rows > 1))
    throw refused(`its input is ${portWords(inputs)}, of a fixed size`, at, WANTED);
  const output = outputs.find(isRead);
  if (output === undefined)
    throw refused(`its outputs are ${portWords(outputs)}`, at, "bring one that tells float32 [N, T, E]");
  return {
    ...{ input: name, output: output.name, hasChannel },
    others: outputs.filter((each) => each !== output).map((each) => each.name),
  };
}

/** Of an output whose shape is not told it turns out when it is computed. */
const isRead = ({ type, shape }: Port): boolean =>
  type === "float32" && (shape.length === 0 || shape.length === 3);

/** One recording as an encoder reads it. @param samples `[L]` */
export const fedSamples = (samples: Float32Array, { hasChannel }: SoundPorts): FloatTensor => ({
  shape: hasChannel ? [1, 1, samples.length] : [1, samples.length],
  data: samples,
});

/**
 * What an encoder told of a recording: its output is `[1, T, E]`.
 *
 * @param at its path @throws VrnnError `data/encoder` for other shapes
 */
export function toldFrames({ shape, data }: FloatTensor, at: string): Frames {
  const [rows, , width = 0] = shape;
  if (shape.length === 3 && rows === 1 && width >= 1 && width <= MOST_WIDTH) return framesOf(data, width);
  throw refused(
    `of one recording it told [${shape.join(", ")}]`,
    at,
    `bring one that tells [N, T, E] of N recordings, E being ${MOST_WIDTH} at most`,
  );
}

/**
 * How many frames a second an encoder tells, by how many more it tells of more sound: what is lost at its ends does not count.
 *
 * @param told of recordings of `seconds`, the shorter one first @param at its path
 * @throws VrnnError `data/encoder` where there are no more of them, or they are of other numbers
 * @example
 * frameRateOf([{ width: 768, length: 49, … }, { width: 768, length: 249, … }], [1, 5], "a.onnx"); // 50
 */
export function frameRateOf(
  [few, many]: readonly [Frames, Frames],
  [short, long]: readonly [number, number],
  at: string,
): number {
  if (few.width === many.width && many.length > few.length)
    return (many.length - few.length) / (long - short);
  const shapes = [few, many].map(({ length, width }) => `[1, ${length}, ${width}]`);
  throw refused(
    `of ${short} and of ${long} seconds it told ${shapes.join(" and ")}: its frames do not follow the sound`,
    at,
    "bring one that tells [N, T, E], T growing with the samples",
  );
}
