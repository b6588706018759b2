/** The latent variables and the recurrent state behind each step, as a table. */
import type { Sequence, TimeColumn } from "../data/dataset.ts";
import { csvPieces, type Field, inDigits } from "../data/write.ts";
import type { Encoded } from "../inference/encode.ts";
import { placeFields, placeHeader } from "./tables.ts";

interface EncodingTableOptions {
  readonly time?: TimeColumn | undefined;
  readonly withState?: boolean;
}

/**
 * A row for each step: the means `z1`, `z2` and so on, their scales `z1.scale`, of a model that smooths the parts
 * `smoothed.belief.1` given all steps, the hidden state on the likeliest path where it was asked for (`path`, from 1), and the state
 * where it is wanted.
 *
 * @returns the pieces of the text
 */
export function encodingTable(
  encoded: readonly Encoded[],
  { time, withState = false }: EncodingTableOptions,
): Iterable<string> {
  const [first] = encoded;
  if (first === undefined) return csvPieces(placeHeader(time), []);
  const states = withState ? Object.keys(first.state) : [];
  const hidden = Object.keys(first.smoothed ?? {});
  const numbered = (name: string, values: Float64Array) =>
    Array.from({ length: widthOf(values, first.sequence) }, (_, i) => `${name}${i + 1}`);
  const latents = numbered("z", first.mean);
  const header = [
    ...latents,
    ...latents.map((name) => `${name}.scale`),
    ...hidden.flatMap((part) => numbered(`smoothed.${part}.`, first.smoothed![part]!)),
    ...(first.path ? ["path"] : []),
    ...states.flatMap((part) => numbered(`${part}.`, first.state[part]!)),
  ];
  const partsOf = ({ mean, scale, state, smoothed, path }: Encoded) => [
    mean,
    scale,
    ...hidden.map((part) => smoothed![part]!),
    ...(path ? [Float64Array.from(path, (place) => place + 1)] : []),
    ...states.map((part) => state[part]!),
  ];
  return csvPieces([...placeHeader(time), ...header], rowsOf(encoded, partsOf, time));
}

const widthOf = (values: Float64Array, { length }: Sequence): number => values.length / Math.max(1, length);

/** @param partsOf what is told of each step of a sequence, `[length, ·]` each */
function* rowsOf(
  encoded: readonly Encoded[],
  partsOf: (own: Encoded) => readonly Float64Array[],
  time: TimeColumn | undefined,
): Generator<readonly Field[]> {
  for (const own of encoded) {
    const { sequence } = own;
    const parts = partsOf(own).map((values) => ({ values, width: widthOf(values, sequence) }));
    for (let t = 0; t < sequence.length; t++) {
      const row = placeFields({ name: sequence.name, step: t, when: sequence.times?.[t] }, time);
      for (const { values, width } of parts)
        for (let i = t * width; i < (t + 1) * width; i++) row.push(inDigits(values[i]!));
      yield row;
    }
  }
}
