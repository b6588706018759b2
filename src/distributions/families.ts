import type { Column, ColumnKind } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { concat, slice, type Tensor } from "../graph/index.ts";
import { nearest } from "../text/nearest.ts";
import { bernoulli } from "./bernoulli.ts";
import { beta } from "./beta.ts";
import { bivariate } from "./bivariate.ts";
import { categorical } from "./categorical.ts";
import type { Emission, Family } from "./emission.ts";
import { gaussian } from "./gaussian.ts";
import { laplace } from "./laplace.ts";
import { logistics } from "./logistics.ts";
import { logitNormal } from "./logit-normal.ts";
import { mixture } from "./mixture.ts";
import { negativeBinomial } from "./negative-binomial.ts";
import { persistent } from "./persistent.ts";
import { poisson } from "./poisson.ts";
import { sideBySide } from "./product.ts";
import { studentT } from "./student-t.ts";
import { zeroInflated } from "./zero-inflated.ts";

/** A family with the kind of column that it is for. */
export interface FamilyEntry {
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
  "student-t": { kind: "real", family: studentT },
  laplace: { kind: "real", family: laplace },
  bivariate: { kind: "real", family: bivariate(10) },
  poisson: { kind: "count", family: poisson },
  "negative-binomial": { kind: "count", family: negativeBinomial },
  "zero-inflated-poisson": { kind: "count", family: zeroInflated(poisson, "shared") },
  "zero-inflated-negative-binomial": { kind: "count", family: zeroInflated(negativeBinomial, "shared") },
  beta: { kind: "proportion", family: beta },
  "logit-normal": { kind: "proportion", family: logitNormal },
  "zero-inflated-beta": { kind: "proportion", family: zeroInflated(beta, "apart") },
  logistics: { kind: "quantised", family: logistics(5) },
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
 * The product of the distributions of mixed columns. Each kind of column has a default; a name asks for another family
 * for all columns of its kind, `column=family` for one column.
 *
 * @example
 * emissionOf(columns, ["mixture", "load=student-t"]); // load by Student's t, other real columns as mixtures of normals
 *
 * @throws VrnnError `distribution/unknown` naming the families that exist, `distribution/column` for a column that does
 * not, `distribution/kind` for a family whose kind no column, or not the column named, has.
 */
export function emissionOf(columns: readonly Column[], asked: readonly string[] = []): Emission {
  const nameOf = choices(columns, asked.map(readRequest));
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

/**
 * The kinds of columns that requests of the form `column=family` speak of.
 *
 * @example
 * impliedKinds(["mixture", "requests=poisson"]); // { requests: "count" }
 *
 * @throws VrnnError `distribution/unknown`
 */
export function impliedKinds(asked: readonly string[]): Readonly<Record<string, ColumnKind>> {
  const requests = asked.map(readRequest);
  return Object.fromEntries(
    requests.flatMap(({ column, name }) => (column === undefined ? [] : [[column, known(name).kind]])),
  );
}

/** A family that is asked for: for one column, or for all of its kind. */
interface Request {
  readonly column?: string;
  readonly name: string;
}

/** Names of families hold no "=", those of columns may. */
function readRequest(text: string): Request {
  const at = text.lastIndexOf("=");
  return at < 0 ? { name: text } : { column: text.slice(0, at), name: text.slice(at + 1) };
}

/** Which family each column gets. */
function choices(columns: readonly Column[], requests: readonly Request[]): (column: Column) => string {
  const byKind: Partial<Record<ColumnKind, string>> = {};
  const byColumn = new Map<string, string>();
  for (const { column, name } of requests) {
    const { kind } = known(name);
    if (column === undefined) {
      requireKind(columns, name, kind);
      byKind[kind] = name;
    } else {
      requireColumnOfKind(columns, column, name, kind);
      byColumn.set(column, name);
    }
  }
  return ({ name, kind }) => byColumn.get(name) ?? byKind[kind] ?? defaultFamily[kind];
}

function requireKind(columns: readonly Column[], family: string, kind: ColumnKind): void {
  if (columns.some((column) => column.kind === kind)) return;
  const example = columns[0]?.name ?? "load";
  throw new VrnnError("distribution/kind", `${family} is for ${kind} columns, and there are none`, {
    remedy: `leave it out, or read a column as one: --kind ${example}=${kind}`,
  });
}

function requireColumnOfKind(
  columns: readonly Column[],
  name: string,
  family: string,
  kind: ColumnKind,
): void {
  const column = columns.find((each) => each.name === name);
  if (column === undefined) throw unknownColumn(columns, name);
  if (column.kind === kind) return;
  throw new VrnnError(
    "distribution/kind",
    `${family} is for ${kind} columns, and "${name}" is ${column.kind}`,
    {
      remedy: `read it as one with --kind ${name}=${kind}, or take ${namesFor(column.kind).join(" or ")}`,
    },
  );
}

function unknownColumn(columns: readonly Column[], name: string): VrnnError {
  const names = columns.map((column) => column.name);
  const suggestion = nearest(name, names);
  return new VrnnError("distribution/column", `there is no column "${name}" to give a distribution`, {
    remedy: suggestion === undefined ? `there are ${names.join(", ")}` : `did you mean "${suggestion}"?`,
  });
}

const namesFor = (kind: ColumnKind): string[] =>
  Object.keys(families).filter((name) => families[name]?.kind === kind);

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
  const { recall, cdf, divergence } = emission;
  return {
    ...emission,
    ...(recall && { recall: (output: Tensor, last: Tensor) => recall(output, pick(last, order)) }),
    logProbability: (raw, x, seen) =>
      pick(emission.logProbability(raw, pick(x, order), pick(seen, order)), inverse),
    sample: (raw, draws, temperature) => pick(emission.sample(raw, draws, temperature), inverse),
    mean: (raw) => pick(emission.mean(raw), inverse),
    ...(cdf && { cdf: (raw: Tensor, x: Tensor) => pick(cdf(raw, pick(x, order)), inverse) }),
    ...(divergence && {
      divergence: (first: Tensor, second: Tensor) => pick(divergence(first, second), inverse),
    }),
  };
}

const pick = (x: Tensor, places: readonly number[]): Tensor =>
  concat(places.map((place) => slice(x, x.rank - 1, place, place + 1)));
