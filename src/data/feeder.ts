/** Parts of sequences as the inputs of a program: padded, masked, scaled, cut into shards. */
import { VrnnError } from "../errors.ts";
import type { TensorValue, Values } from "../runtime/runtime.ts";
import type { Field, Fields } from "./fields.ts";
import { type Floats, fieldRules, type Place, partSteps, uneven } from "./fills.ts";
import { columnUnits, type Input, type InputSpec, type NamedSize } from "./inputs.ts";
import type { Part } from "./source.ts";

/** How parts become inputs. */
export interface FeedOptions {
  /** The most shards that the rows are cut into, as evenly as they go; one unless told. */
  readonly shards?: number;
  /** How often each row is repeated, side by side: for particles; once unless told. */
  readonly repeat?: number;
  /** T, where it is more than the longest part has. */
  readonly steps?: number;
  /** By field: whether a row of the batch is not to be told it. Its mask is 0, its values stay. */
  readonly withhold?: Readonly<Record<string, (row: number) => boolean>>;
}

/** Rows `from` to `to` (not included) of a batch. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Deals rows to shards as evenly as they go; fewer rows than shards make fewer shards.
 *
 * @example
 * shardRows(5, 2); // [{ from: 0, to: 2 }, { from: 2, to: 5 }]
 */
export function shardRows(rows: number, most: number): readonly RowRange[] {
  const count = Math.max(1, Math.min(rows, most));
  return Array.from({ length: count }, (_, shard) => ({
    from: Math.floor((shard * rows) / count),
    to: Math.floor(((shard + 1) * rows) / count),
  }));
}

/**
 * Feeds any inputs from any fields.
 *
 * @example
 * const feeder = new Feeder([{ name: "x", field: "x", what: "values", dtype: "float32", shape: ["T", "B", 3] }], fields);
 * const [inputs] = feeder.feed(parts);
 * inputs.x; // { dtype: "float32", shape: [T, B, 3], data }
 */
export class Feeder {
  readonly specs: readonly InputSpec[];
  readonly fields: Fields;
  private readonly inputs: readonly Input[];

  /** @throws VrnnError `feed/field` for a field that is not there, `feed/mismatch` for an input that the field cannot give. */
  constructor(specs: readonly InputSpec[], fields: Fields) {
    this.specs = specs;
    this.fields = fields;
    this.inputs = specs.map((spec) => inputOf(spec, fields));
  }

  /**
   * The inputs of each shard, by name. All buffers are fresh.
   *
   * @param parts one for each row of the batch
   * @throws VrnnError `data/width` for a part whose values are not as many as its field asks for
   */
  feed(parts: readonly Part[], options: FeedOptions = {}): readonly Values[] {
    const { shards = 1, repeat = 1, withhold = {} } = options;
    const sizes = this.sizesOf(parts, options.steps ?? 0);
    return shardRows(parts.length, shards).map(({ from, to }) => {
      const own = parts.slice(from, to);
      const tensorOf = (input: Input) => {
        const { what, field } = input.spec;
        if (input.lead.length === 0) return sharedUnits(input, own);
        const hides = what === "mask" ? withhold[field] : undefined;
        return fill(input, own, sizes, { repeat, isHidden: (row) => hides?.(from + row) ?? false });
      };
      return Object.fromEntries(this.inputs.map((input) => [input.spec.name, tensorOf(input)]));
    });
  }

  /** T and S: as long as the longest; S is 1 at least where anything goes along it. */
  private sizesOf(parts: readonly Part[], least: number): Readonly<Record<"T" | "S", number>> {
    const sources = this.inputs.filter(({ field }) => field.axis === "S");
    let [T, S] = [least, sources.length > 0 ? 1 : 0];
    for (const part of parts) {
      T = Math.max(T, part.length);
      for (const { spec, field } of sources) S = Math.max(S, partSteps(part, spec.field, field));
    }
    return { T, S };
  }
}

const LEADS: readonly string[] = ["T,B", "B,T", "S,B", "B,S", "B", ""];

function inputOf(spec: InputSpec, fields: Fields): Input {
  const field = Object.hasOwn(fields, spec.field) ? fields[spec.field] : undefined;
  if (field === undefined) {
    throw new VrnnError("feed/field", `there is no field "${spec.field}"`, {
      at: `input ${spec.name}`,
      remedy: `the fields are ${Object.keys(fields).join(", ")}`,
    });
  }
  const lead = spec.shape.filter((size) => typeof size === "string");
  const tail = tailOf(spec, field);
  const input = {
    spec,
    field,
    lead,
    width: product(tail),
    units: columnUnits(field.kind === "columns" ? field.columns : []),
  };
  const fault = faultOf(input, tail);
  if (fault === undefined) return input;
  throw new VrnnError("feed/mismatch", fault, {
    at: `input ${spec.name}`,
    remedy: `declare it as the field "${spec.field}" is`,
  });
}

/** Why a field cannot give an input, or undefined when it can. */
function faultOf({ spec, field, lead }: Input, tail: readonly number[]): string | undefined {
  const { floats, wholes } = fieldRules[field.kind];
  const isWhole = spec.what in wholes;
  if (!isWhole && !(spec.what in floats)) return `a field of ${field.kind} has no ${spec.what}`;
  if (isWhole !== (spec.dtype === "int64"))
    return `${spec.what} cannot be ${spec.dtype}, only ${isWhole ? "int64" : "float32 or float64"}`;
  if (!LEADS.includes(lead.join()) || !isLeadOf(spec, field, lead))
    return `${spec.what} of a field of axis ${field.axis} cannot go over [${lead.join(", ")}]`;
  const [given, wanted] = [spec.shape, [...lead, ...tail]].map((shape) => shape.join(", "));
  return given === wanted ? undefined : `its shape is [${wanted}], not [${given}]`;
}

/** The numbers that belong to a step or row. */
function tailOf({ what }: InputSpec, field: Field): readonly number[] {
  if (field.kind === "columns" && what !== "lengths") return [field.columns.length];
  return field.kind === "frames" && what === "values" ? field.shape : [];
}

/** Whether a field can be laid out so: what is known once a row may be told at each of its steps. */
function isLeadOf({ what }: InputSpec, { axis }: Field, lead: readonly NamedSize[]): boolean {
  if (what === "lengths") return lead.join() === "B";
  const isUnit = what === "shift" || what === "scale" || what === "cell";
  if (isUnit) return !lead.includes(axis === "S" ? "T" : "S");
  return axis === "none" ? lead.includes("B") && !lead.includes("S") : lead.includes(axis);
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

const ARRAYS = {
  float32: (size: number) => new Float32Array(size),
  float64: (size: number) => new Float64Array(size),
  int64: (size: number) => new BigInt64Array(size),
} as const;

/** The input of some rows. */
function fill(
  input: Input,
  parts: readonly Part[],
  sizes: Readonly<Record<"T" | "S", number>>,
  { repeat, isHidden }: { readonly repeat: number; readonly isHidden: (row: number) => boolean },
): TensorValue {
  const { spec, lead, width } = input;
  const rows = parts.length * repeat;
  const shape = spec.shape.map((size) =>
    size === "B" ? rows : typeof size === "number" ? size : sizes[size],
  );
  const data = ARRAYS[spec.dtype](product(shape));
  const steps = lead.includes("T") ? sizes.T : lead.includes("S") ? sizes.S : 1;
  const isTimeFirst = lead[1] === "B";
  const [rowStride, stride] = isTimeFirst ? [width, width * rows] : [width * steps, width];
  parts.forEach((part, row) => {
    if (isHidden(row)) return;
    for (let copy = 0; copy < repeat; copy++)
      fillRow(data, { start: (row * repeat + copy) * rowStride, stride, steps }, part, input);
  });
  return { dtype: spec.dtype, shape, data } as TensorValue;
}

function fillRow(data: Floats | BigInt64Array, place: Place, part: Part, input: Input): void {
  const { floats, wholes } = fieldRules[input.field.kind];
  if (!(data instanceof BigInt64Array)) {
    floats[input.spec.what]!(data, place, part, input);
    return;
  }
  const numbers = wholes[input.spec.what]!(part, input);
  for (let t = 0; t < numbers.length; t++) data[place.start + t * place.stride] = BigInt(numbers[t]!);
}

/** Units that all rows share: those of the columns. */
function sharedUnits(input: Input, parts: readonly Part[]): TensorValue {
  if (parts.some(({ units }) => units?.[input.spec.field])) throw uneven(input, "differ from row to row");
  return fill(input, [{ length: 1, values: {} }], { T: 1, S: 1 }, { repeat: 1, isHidden: () => false });
}
