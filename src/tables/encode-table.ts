/** The latent variables and the recurrent state behind each step, as a table. */
import type { Sequence, TimeColumn } from "../data/dataset.ts";
import { csvText, type Field, inDigits } from "../data/write.ts";
import type { Encoded } from "../inference/encode.ts";
import { placeFields, placeHeader } from "./tables.ts";

/**
 * A row for each step: the means `z1`, `z2` and so on, their scales `z1.scale`, of a model that smooths the parts
 * `smoothed.belief.1` given all steps, and the state where it is wanted.
 */
export function encodingTable(
  encoded: readonly Encoded[],
  { time, withState = false }: { readonly time?: TimeColumn | undefined; readonly withState?: boolean },
): string {
  const [first] = encoded;
  if (first === undefined) return csvText(placeHeader(time), []);
  const widthOf = (values: Float64Array, { length }: Sequence) => values.length / Math.max(1, length);
  const states = withState ? Object.keys(first.state) : [];
  const hidden = Object.keys(first.smoothed ?? {});
  const numbered = (name: string, values: Float64Array) =>
    Array.from({ length: widthOf(values, first.sequence) }, (_, i) => `${name}${i + 1}`);
  const latents = numbered("z", first.mean);
  const header = [
    ...latents,
    ...latents.map((name) => `${name}.scale`),
    ...hidden.flatMap((part) => numbered(`smoothed.${part}.`, first.smoothed![part]!)),
    ...states.flatMap((part) => numbered(`${part}.`, first.state[part]!)),
  ];
  const rows = encoded.flatMap(({ sequence, mean, scale, state, smoothed }) =>
    Array.from({ length: sequence.length }, (_, t): Field[] => {
      const row = (values: Float64Array) => {
        const width = widthOf(values, sequence);
        return Array.from(values.subarray(t * width, (t + 1) * width), (value) => inDigits(value));
      };
      return [
        ...placeFields({ name: sequence.name, step: t, when: sequence.times?.[t] }, time),
        ...row(mean),
        ...row(scale),
        ...hidden.flatMap((part) => row(smoothed![part]!)),
        ...states.flatMap((part) => row(state[part]!)),
      ];
    }),
  );
  return csvText([...placeHeader(time), ...header], rows);
}
