import { groupBy } from "../collections.ts";
import type { Column } from "../data/dataset.ts";
import { isScaled } from "../data/scaling.ts";
import { VrnnError } from "../errors.ts";
import { concat, slice, type Tensor } from "../graph/index.ts";
import type { Weights } from "../nn/parameters.ts";
import type { Centre } from "./centres.ts";
import { changedLast, type Draws, type Emission, type EmissionUnits, type LastSeen } from "./emission.ts";
import { familyOf } from "./families.ts";
import { rareFor } from "./loaded.ts";
import { productEmission } from "./product.ts";
import { centreChoices, choices } from "./requests.ts";

/**
 * The product of the distributions of mixed columns. Each kind of column has a default; a name asks for another family
 * for all columns of its kind, `column=family` for one column. Likewise `last` or `column=last` says what columns are
 * predicted from, of those kinds that can be (`centres.ts`).
 *
 * @example
 * emissionOf(columns, ["mixture", "load=student-t"]); // load by Student's t, other real columns as mixtures of normals
 *
 * @throws VrnnError `distribution/unknown` naming the families that exist, `distribution/column` for a column that does
 * not, `distribution/kind` for a family whose kind no column, or not the column named, has; `distribution/units` once it
 * is put under units that a family of scaled columns does not read.
 */
export function emissionOf(
  columns: readonly Column[],
  asked: readonly string[] = [],
  centres: readonly string[] = [],
): Emission {
  const nameOf = choices(columns, asked);
  const centreOf = centreChoices(columns, centres);
  const groups = [...groupBy(columns, (column) => `${nameOf(column)} ${centreOf(column).name}`).values()];
  const places = groups.map((group) => group.map((column) => columns.indexOf(column)));
  const parts = groups.map((group) => heedingUnits(nameOf(group[0]!), group, centreOf(group[0]!)));
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
function heedingUnits(name: string, columns: readonly Column[], centre: Centre): Emission {
  const { family } = familyOf(name);
  const isPlain = centre.references.length === 0;
  const emission = (isPlain ? family : rareFor(centre.name).centred(family, centre))(columns);
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
  const { recall, moved, cdf, kl, under, complete, bind } = emission;
  const lastInOrder = (last: LastSeen) => changedLast(last, (part) => pick(part, order));
  return {
    ...emission,
    ...(recall && { recall: (output: Tensor, last: LastSeen) => recall(output, lastInOrder(last)) }),
    ...(moved && {
      moved: {
        width: moved.width,
        of: (x: Tensor, seen: Tensor, last: LastSeen) =>
          moved.of(pick(x, order), pick(seen, order), lastInOrder(last)),
      },
    }),
    ...(bind && { bind: (weight: Weights) => reordered(bind(weight), order) }),
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
