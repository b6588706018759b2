/** What an encoder of pictures that somebody brings reads and tells, by what its file says. */
import type { FloatTensor, Port } from "../../runtime/node-frozen.ts";
import { isFixed, portWords, refused } from "../encoders.ts";
import { type PixelScaleName, pixelScales } from "./pixel-scales.ts";

/** In which order an encoder has what is at a place, and where that is. */
export const layouts = ["NCHW", "NHWC"] as const;
export type Layout = (typeof layouts)[number];

/** Where pictures go in and what is told of them comes out. */
export interface EncoderPorts {
  readonly input: string;
  readonly output: string;
  /** Outputs that nothing is read of. */
  readonly others: readonly string[];
  readonly layout: Layout;
  readonly channels: 1 | 3;
  /** How many pictures it reads at once, and of what size; undefined where these are free. */
  readonly batch: number | undefined;
  readonly height: number | undefined;
  readonly width: number | undefined;
}

/** What was told of some pictures. */
export interface Encoded {
  /** S: of how many places. */
  readonly places: number;
  /** E: by how many numbers each. */
  readonly size: number;
  /** Rows and columns of the places, where these are a grid. */
  readonly grid?: readonly [rows: number, columns: number];
  /** `[S, E]` of each picture. */
  readonly values: readonly Float32Array[];
}

/** Reads pictures. */
export interface PictureEncoding {
  /** @param pictures `[H, W, C]` bytes each */
  encode(pictures: readonly Uint8Array[], shape: readonly [number, number, number]): Promise<Encoded>;
  dispose(): Promise<void>;
}

/**
 * The ports of an encoder: one input `[N, C, H, W]` or `[N, H, W, C]` of float32, C being 1 or 3, and the first output of float32 that
 * has two to four axes.
 *
 * @param at its path
 * @throws VrnnError `data/encoder` for others
 * @example
 * portsOf([{ name: "x", type: "float32", shape: ["N", 3, 224, 224] }], [{ name: "y", type: "float32", shape: ["N", 512] }], "a.onnx");
 * // { input: "x", output: "y", layout: "NCHW", channels: 3, height: 224, width: 224, batch: undefined, others: [] }
 */
export function portsOf(inputs: readonly Port[], outputs: readonly Port[], at: string): EncoderPorts {
  const [input, ...more] = inputs;
  if (input === undefined || more.length > 0)
    throw refused(
      `it has ${inputs.length} inputs (${portWords(inputs)})`,
      at,
      "bring one that reads pictures and nothing else",
    );
  const layout = layoutOf(input.shape);
  if (input.type !== "float32" || layout === undefined)
    throw refused(
      `its input is ${portWords(inputs)}`,
      at,
      "bring one that reads float32 [N, C, H, W] or [N, H, W, C], C being 1 or 3",
    );
  const output = outputs.find(isRead);
  if (output === undefined)
    throw refused(
      `its outputs are ${portWords(outputs)}`,
      at,
      "bring one that tells float32 [N, C, H, W], [N, S, E] or [N, E]",
    );
  const [batch, ...axes] = input.shape.map((size) => (isFixed(size) ? size : undefined));
  const [channels = 3, height, width] = layout === "NCHW" ? axes : [axes[2], axes[0], axes[1]];
  return {
    ...{ input: input.name, output: output.name, layout, batch, height, width },
    channels: channels === 1 ? 1 : 3,
    others: outputs.filter((each) => each !== output).map(({ name }) => name),
  };
}

/** Of an output whose shape is not told it turns out when it is computed. */
const isRead = ({ type, shape }: Port): boolean =>
  type === "float32" && (shape.length === 0 || (shape.length >= 2 && shape.length <= 4));

/** Colours stand last where their number does and does not stand first. */
function layoutOf(shape: Port["shape"]): Layout | undefined {
  if (shape.length !== 4) return undefined;
  const isColours = (size: number | string | undefined) => size === 1 || size === 3;
  if (isColours(shape[1])) return "NCHW";
  if (isColours(shape[3])) return "NHWC";
  return isFixed(shape[1]) ? undefined : "NCHW";
}

/**
 * Pictures as an encoder reads them.
 *
 * @param pictures `[H, W, C]` bytes each @param rows how many it reads at once: those that are missing are 0
 */
export function fedPictures(
  pictures: readonly Uint8Array[],
  [height, width, channels]: readonly [number, number, number],
  layout: Layout,
  pixels: PixelScaleName,
  rows = pictures.length,
): FloatTensor {
  const { shift, scale } = pixelScales[pixels];
  const [places, size] = [height * width, height * width * channels];
  const data = new Float32Array(rows * size);
  pictures.forEach((picture, row) => {
    for (let i = 0; i < size; i++) {
      const channel = i % channels;
      const place = layout === "NHWC" ? i : channel * places + (i - channel) / channels;
      data[row * size + place] = (picture[i]! - shift[channel]!) / scale[channel]!;
    }
  });
  const shape = layout === "NHWC" ? [rows, height, width, channels] : [rows, channels, height, width];
  return { shape, data };
}

/**
 * What an encoder told of some pictures, place by place: its output is `[B, E]`, `[B, S, E]`, or maps as its input is laid out.
 *
 * @param rows of how many pictures it was @param at its path
 * @throws VrnnError `data/encoder` for other shapes and for what is not finite
 */
export function encodedOf({ shape, data }: FloatTensor, layout: Layout, rows: number, at: string): Encoded {
  const [batch = 0, ...axes] = shape;
  if (batch < rows || axes.length < 1 || axes.length > 3)
    throw refused(
      `of ${rows} pictures it told [${shape.join(", ")}]`,
      at,
      "bring one that tells [N, C, H, W], [N, S, E] or [N, E] of N pictures",
    );
  const isMaps = axes.length === 3;
  const areMapsFirst = isMaps && layout === "NCHW";
  const size = areMapsFirst ? axes[0]! : axes.at(-1)!;
  const grid = !isMaps ? undefined : areMapsFirst ? axes.slice(1) : axes.slice(0, 2);
  const places = data.length / batch / size;
  if (size < 2 || places < 1)
    throw refused(
      `of ${rows} pictures it told [${shape.join(", ")}], too little`,
      at,
      "bring one that tells more",
    );
  const values = Array.from({ length: rows }, (_, row) => {
    const own = data.subarray(row * places * size, (row + 1) * places * size);
    if (!own.every(Number.isFinite))
      throw refused("it tells values that are not finite", at, "feed it otherwise, with --pixels");
    return areMapsFirst ? placesFirst(own, places, size) : own.slice();
  });
  return { places, size, values, ...(grid && { grid: grid as [number, number] }) };
}

/** `[E, S]` to `[S, E]`. */
const placesFirst = (maps: Float32Array, places: number, size: number): Float32Array =>
  Float32Array.from(maps, (_, i) => maps[(i % size) * places + Math.floor(i / size)]!);
