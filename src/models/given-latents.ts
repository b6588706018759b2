/** Sequences whose latent variables are given rather than drawn. */

import { VrnnError } from "../errors.ts";
import { stateNames } from "../names.ts";
import { emptyFloat32, type TensorValue, type Values } from "../runtime/runtime.ts";
import type { Model } from "./model.ts";
import { DRAWN, partOf, sequenceBlocks } from "./state.ts";

/** Of blocks of a whole sequence by name, the values of each of some sequences, `[Z]`. */
export type GivenLatents = Readonly<Record<string, readonly ArrayLike<number>[]>>;

/**
 * The parts of a state in which the latent variables of whole sequences are given: `state.z.<block>` `[B, Z]` and
 * `state.drawn` `[B, 1]`.
 *
 * @throws VrnnError `model/latents` unless each block has a row of its width for each sequence.
 * @example
 * latentStates(model, { u: [[-1], [1]] }, 2); // { "state.z.u": [[-1], [1]], "state.drawn": [[1], [1]] }
 */
export function latentStates(model: Model, given: GivenLatents, rows: number): Values {
  const blocks = sequenceBlocks(model);
  const parts = blocks.map((block): [string, TensorValue] => {
    const [width] = block.shape;
    const own = given[block.name];
    if (own?.length !== rows || own.some(({ length }) => length !== width))
      throw unfit(block.name, width, rows);
    const value = emptyFloat32([rows, width]);
    own.forEach((row, i) => {
      value.data.set(row, i * width);
    });
    return [stateNames.of(partOf(block)), value];
  });
  const stranger = Object.keys(given).find((name) => blocks.every((block) => block.name !== name));
  if (stranger !== undefined)
    throw unknown(
      stranger,
      blocks.map(({ name }) => name),
    );
  const drawn = emptyFloat32([rows, 1]);
  drawn.data.fill(1);
  return { ...Object.fromEntries(parts), [stateNames.of(DRAWN)]: drawn };
}

const unfit = (name: string, width: number, rows: number): VrnnError =>
  new VrnnError("model/latents", `${rows} times ${width} numbers are needed`, {
    at: `latent variables "${name}"`,
    remedy: "give a row for each sequence",
  });

const unknown = (name: string, known: readonly string[]): VrnnError =>
  new VrnnError("model/latents", "the model has no such latent variables of a whole sequence", {
    at: `latent variables "${name}"`,
    remedy: known.length > 0 ? `it has ${known.join(", ")}` : "it has none",
  });
