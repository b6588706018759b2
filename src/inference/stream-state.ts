/** Where a stream stands, as it is kept between two processes. */
import { VrnnError } from "../errors.ts";
import { sizeOf } from "../nn/parameters.ts";
import { checked, type Refusal } from "../options.ts";
import type { RandomState } from "../random/generator.ts";
import * as z from "../zod.ts";

/** Where a stream stands; plain numbers, which JSON keeps exactly. */
export interface StreamState {
  /** The steps taken. */
  readonly step: number;
  /** Where the noise of the latent variables stands. */
  readonly noise: RandomState;
  /** The state of the model by parts. */
  readonly parts: Readonly<Record<string, readonly number[]>>;
}

const count = z.int().check(z.minimum(0));
const isWord = (value: unknown): boolean => Number.isInteger(value) && value === (value as number) >>> 0;
const words = z.custom<RandomState["stream"]>(
  (value) => Array.isArray(value) && value.length === 4 && value.every(isWord),
  "it must be four whole numbers of 32 bits",
);
const float32 = z
  .number()
  .check(z.refine((value) => Number.isFinite(Math.fround(value)), "it is no finite number of 32 bits"));

/** What a state of any stream is made of. */
export const streamState = z.strictObject({
  step: count,
  noise: z.strictObject({ stream: words, position: count }),
  parts: z.record(z.string(), z.readonly(z.array(float32))),
});

/**
 * A state that may come from anywhere, as one of a model whose state has such parts.
 *
 * @param shapes of the model's state by part
 * @throws VrnnError `stream/state` for what is no state, or that of another model.
 */
export function checkedState(
  state: unknown,
  shapes: Readonly<Record<string, readonly number[]>>,
): StreamState {
  const sound = checked(streamState, state, refused);
  for (const part of Object.keys(sound.parts))
    if (!Object.hasOwn(shapes, part)) throw unfit(`the model's state has no part ${part}`);
  for (const [part, shape] of Object.entries(shapes)) {
    const [size, given] = [sizeOf({ shape }), sound.parts[part]?.length];
    if (given !== size) throw unfit(`the part ${part} has ${given ?? "no"} numbers, the model's has ${size}`);
  }
  return sound;
}

const refused = ({ message, path }: Refusal): VrnnError =>
  unfit(`this is no state of a stream: ${path.length === 0 ? "" : `${path.join(".")}: `}${message}`);

const unfit = (what: string): VrnnError =>
  new VrnnError("stream/state", what, { remedy: "give the state of a stream of the same model" });
