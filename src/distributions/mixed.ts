import type { Column } from "../data/dataset.ts";
import { isScaled } from "../data/scaling.ts";
import { VrnnError } from "../errors.ts";
import { concat, slice, type Tensor } from "../graph/index.ts";
import { changedLast, type Draws, type Emission, type EmissionUnits, type LastSeen } from "./emission.ts";
import { familyOf } from "./families.ts";
import { productEmission } from "./product.ts";
import { choices } from "./requests.ts";

/**
 * The product of the distributions of mixed columns. Each kind of column has a default; a name asks for another family
 * for all columns of its kind, `column=family` for one column.
 *
 * @example
 * emissionOf(columns, ["mixture", "load=student-t"]); // load by Student's t, other real columns as mixtures of normals
 *
 * @throws VrnnError `distribution/unknown` naming the families that exist, `distribution/column` for a column that does
 * not, `distribution/kind` for a family whose kind no column, or not the column named, has; `distribution/units` once it
 * is put under units that a family of scaled columns does not read.
 */
export function emissionOf(columns: readonly Column[], asked: readonly string[] = []): Emission {
  const nameOf = choices(columns, asked);
  const names = [...new Set(columns.map(nameOf))];
  const places = names.map((name) => columns.flatMap((column, i) => (nameOf(column) === name ? [i] : [])));
  const parts = names.map((name, i) =>
    heedingUnits(
      name,
      (places[i] as number[]).map((at) => columns[at] as Column),
    ),
  );
  const grouped =
    parts.length === 1
      ? (parts[0] as Emission)
      : productEmission(
          parts,
          places.map(({ length }) => length),
        );
  return reordered(grouped, places.flat());
}

/** The distribution of columns of one family; one that has no other units than theirs refuses to be put under some. */
function heedingUnits(name: string, columns: readonly Column[]): Emission {
  const emission = familyOf(name).family(columns);
  if (emission.under !== undefined || !columns.some(isScaled)) return emission;
  const under = (): never => {
    throw new VrnnError("distribution/units", `${name} knows no units but those of its columns`, {
      remedy: "scale all sequences alike, or choose another distribution",
    });
  };
  return { ...emission, under };
}

/** Takes and gives columns in the order of the data; `order[i]` is the data's place of the emission's column i. */
function reordered(emission: Emission, order: readonly number[]): Emission {
  if (order.every((place, i) => place === i)) return emission;
  const inverse = order.map((_, place) => order.indexOf(place));
  const { recall, cdf, kl, under, complete } = emission;
  return {
    ...emission,
    ...(recall && {
      recall: (output: Tensor, last: LastSeen) =>
        recall(
          output,
          changedLast(last, (part) => pick(part, order)),
        ),
    }),
    logProbability: (raw, x, seen) =>
      pick(emission.logProbability(raw, pick(x, order), pick(seen, order)), inverse),
    sample: (raw, draws, temperature) => pick(emission.sample(raw, draws, temperature), inverse),
    ...(complete && {
      complete: (raw: Tensor, x: Tensor, seen: Tensor, draws: Draws, temperature: Tensor) =>
        pick(complete(raw, pick(x, order), pick(seen, order), draws, temperature), inverse),
    }),
    mean: (raw) => pick(emission.mean(raw), inverse),
    ...(cdf && { cdf: (raw: Tensor, x: Tensor) => pick(cdf(raw, pick(x, order)), inverse) }),
    ...(under && { under: (units: EmissionUnits) => reordered(under(eachInOrder(units, order)), order) }),
    ...(kl && {
      kl: (first: Tensor, second: Tensor) => pick(kl(first, second), inverse),
    }),
  };
}

const eachInOrder = <Values extends object>(values: Values, order: readonly number[]): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, pick(value, order)])) as Values;

const pick = (x: Tensor, places: readonly number[]): Tensor =>
  concat(places.map((place) => slice(x, x.rank - 1, place, place + 1)));
