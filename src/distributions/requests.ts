/** Output distributions as people ask for them: `mixture` for all columns of its kind, `load=student-t` for one. */
import type { Column, ColumnKind } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { didYouMean } from "../words/nearest.ts";
import { type Centre, centreOf, MEAN } from "./centres.ts";
import { defaultFamily, families, familyOf } from "./families.ts";

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
    requests.flatMap(({ column, name }) => (column === undefined ? [] : [[column, familyOf(name).kind]])),
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

/**
 * Which family each column gets.
 *
 * @throws VrnnError `distribution/...`
 */
export function choices(columns: readonly Column[], asked: readonly string[]): (column: Column) => string {
  const byKind: Partial<Record<ColumnKind, string>> = {};
  const byColumn = new Map<string, string>();
  for (const { column, name } of asked.map(readRequest)) {
    const { kind } = familyOf(name);
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

/**
 * What each column is predicted from: its mean unless told otherwise. Binary columns, levels and quantised columns have no
 * place to be put, and keep theirs.
 *
 * @throws VrnnError `distribution/centre`, `distribution/column`, `distribution/kind`
 * @example
 * centreChoices(columns, ["last", "load=season:24"])(load).season; // 24
 */
export function centreChoices(
  columns: readonly Column[],
  asked: readonly string[],
): (column: Column) => Centre {
  const requests = asked.map(readRequest);
  const byColumn = new Map<string, Centre>();
  let usual = MEAN;
  for (const { column: name, name: centre } of requests) {
    if (name === undefined) {
      usual = centreOf(centre);
      continue;
    }
    const column = columns.find((each) => each.name === name);
    if (column === undefined) throw unknownColumn(columns, name);
    if (!isMovable(column)) throw immovable(column);
    byColumn.set(name, centreOf(centre));
  }
  return (column) => byColumn.get(column.name) ?? (isMovable(column) ? usual : MEAN);
}

/** Whether the emission of a column can be put anywhere. */
export const isMovable = ({ kind }: Column): boolean => movableKinds.includes(kind);
const movableKinds: readonly ColumnKind[] = ["real", "count", "proportion"];

const immovable = ({ name, kind }: Column): VrnnError =>
  new VrnnError("distribution/kind", `"${name}" is ${kind}, and has no place to be predicted from`, {
    at: "--center",
    remedy: `leave it out, or read it as a number: --kind ${name}=real`,
  });

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
  return new VrnnError(
    "distribution/column",
    `there is no column "${name}" to give a distribution or a centre`,
    {
      remedy: didYouMean(name, names),
    },
  );
}

const namesFor = (kind: ColumnKind): string[] =>
  Object.keys(families).filter((name) => families[name]?.kind === kind);
