import type { Column, ColumnKind } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { concat, slice, type Tensor } from "../graph/index.ts";
import { nearest } from "../text/nearest.ts";
import { bernoulli } from "./bernoulli.ts";
import { categorical } from "./categorical.ts";
import type { Emission, Family } from "./emission.ts";
import { gaussian } from "./gaussian.ts";
import { mixture } from "./mixture.ts";
import { persistent } from "./persistent.ts";
import { sideBySide } from "./product.ts";

interface FamilyEntry {
  readonly kind: ColumnKind;
  readonly family: Family;
}

/** Every output distribution by name, with the kind of column that it is for. */
export const families: Readonly<Record<string, FamilyEntry>> = {
  bernoulli: { kind: "binary", family: bernoulli },
  categorical: { kind: "categorical", family: categorical },
  gaussian: { kind: "real", family: gaussian },
  mixture: { kind: "real", family: mixture(3) },
  persistent: { kind: "real", family: persistent(3) },
};

/** What a kind of column gets unless another is asked for. */
export const defaultFamily: Readonly<Record<ColumnKind, string>> = {
  real: "gaussian",
  binary: "bernoulli",
  categorical: "categorical",
  count: "poisson",
  proportion: "beta",
  quantised: "logistics",
};

/**
 * The product of the distributions of mixed columns: of each kind by the family that is asked for.
 *
 * @example
 * emissionOf(columns, ["mixture"]); // real columns as mixtures of normals, the others by default
 *
 * @throws VrnnError `distribution/unknown` naming the families that exist.
 */
export function emissionOf(columns: readonly Column[], asked: readonly string[] = []): Emission {
  const chosen = Object.fromEntries(asked.map((name) => [known(name).kind, name]));
  const nameOf = ({ kind }: Column): string => chosen[kind] ?? defaultFamily[kind];
  const names = [...new Set(columns.map(nameOf))];
  const places = names.map((name) => columns.flatMap((column, i) => (nameOf(column) === name ? [i] : [])));
  const parts = names.map((name, i) =>
    known(name).family((places[i] as number[]).map((at) => columns[at] as Column)),
  );
  const grouped =
    parts.length === 1
      ? (parts[0] as Emission)
      : sideBySide(
          parts,
          places.map(({ length }) => length),
        );
  return reordered(grouped, places.flat());
}

function known(name: string): FamilyEntry {
  if (Object.hasOwn(families, name)) return families[name] as FamilyEntry;
  const suggestion = nearest(name, Object.keys(families));
  const remedy =
    suggestion === undefined
      ? `there are ${Object.keys(families).join(", ")}`
      : `did you mean ${suggestion}?`;
  throw new VrnnError("distribution/unknown", `no output distribution is called ${name}`, { remedy });
}

/** Takes and gives columns in the order of the data; `order[i]` is the data's place of the emission's column i. */
function reordered(emission: Emission, order: readonly number[]): Emission {
  if (order.every((place, i) => place === i)) return emission;
  const inverse = order.map((_, place) => order.indexOf(place));
  const { recall } = emission;
  return {
    ...emission,
    ...(recall && { recall: (output: Tensor, last: Tensor) => recall(output, pick(last, order)) }),
    logProbability: (raw, x, seen) =>
      pick(emission.logProbability(raw, pick(x, order), pick(seen, order)), inverse),
    sample: (raw, draws, temperature) => pick(emission.sample(raw, draws, temperature), inverse),
    mean: (raw) => pick(emission.mean(raw), inverse),
  };
}

const pick = (x: Tensor, places: readonly number[]): Tensor =>
  concat(places.map((place) => slice(x, x.rank - 1, place, place + 1)));
