/** What a run keeps of the encoder that reads its pictures, read as hostile input. */
import * as z from "../../zod.ts";
import { keptEncoder } from "../encoded.ts";
import { checkedEncoder, checksum, portName } from "../encoders.ts";
import type { Modality } from "../modality.ts";
import { layouts } from "./encoder-ports.ts";
import { pixelScaleNames } from "./pixel-scales.ts";

const side = z.int().check(z.minimum(1), z.maximum(1_000_000));

/** Two sides. They are checked as a list, as a page would load all that zod has for tuples. */
const grid = z.array(side).check(z.minLength(2), z.maxLength(2)) as z.ZodMiniType<unknown> as z.ZodMiniType<
  readonly [rows: number, columns: number]
>;

const encoderKnowledge = z.strictObject({
  sha256: checksum,
  input: portName,
  output: portName,
  layout: z.enum(layouts),
  /** How shades become numbers. */
  pixels: z.enum(pixelScaleNames),
  /** Rows and columns of the places that it tells of, where these are a grid. */
  grid: z.exactOptional(grid),
});

/** Which encoder it is, and how it is fed. */
export type EncoderKnowledge = z.output<typeof encoderKnowledge>;

/**
 * What a run knows of the encoder of its pictures; undefined of a run that has none.
 *
 * @throws VrnnError `run/encoder` for what cannot be read
 */
export function knownEncoder(modality: Modality): EncoderKnowledge | undefined {
  const kept = keptEncoder(modality, "captions");
  return kept === undefined ? undefined : checkedEncoder(encoderKnowledge, kept);
}
