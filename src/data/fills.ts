/** How the values of each kind of field are written into an input. */
import { VrnnError } from "../errors.ts";
import type { Units } from "./dataset.ts";
import { type Field, type FieldKind, type FramesField, widthOf } from "./fields.ts";
import { type ColumnUnits, cellWidths, type Input, type InputPart } from "./inputs.ts";
import { FARTHEST, unitsAt } from "./scaling.ts";
import { checkWidth, type Part } from "./source.ts";

export type Floats = Float32Array | Float64Array;

/** Where a row of an input stands: the number d of step t at `start + t · stride + d`. */
export interface Place {
  readonly start: number;
  readonly stride: number;
  /** How many steps the input has, padding among them. */
  readonly steps: number;
}

/** Writes a row. */
type Fill = (data: Floats, place: Place, part: Part, input: Input) => void;

/** What each kind of field can be asked for. */
interface KindRule {
  readonly isObserved: (value: number) => boolean;
  readonly floats: { readonly [What in InputPart]?: Fill };
  /** Whole numbers, one a step. */
  readonly wholes: { readonly [What in InputPart]?: (part: Part, input: Input) => ArrayLike<number> };
}

/** Where a part's values of a field stand: those of step t from `t · advance` on. */
function valuesOf(part: Part, { spec, field, lead }: Input) {
  const values = part.values[spec.field] ?? new Float64Array();
  const own = partSteps(part, spec.field, field);
  checkWidth(values.length, own, widthOf(field), `field "${spec.field}"`);
  // What is known once a row is told at each of its steps, where the input goes over them.
  const isRepeated = field.axis === "none" && lead.includes("T");
  return { values, steps: isRepeated ? part.length : own, advance: isRepeated ? 0 : widthOf(field) };
}

/** How many steps a part has along the axis of a field. */
export function partSteps(part: Part, name: string, field: Field): number {
  if (field.axis === "T") return part.length;
  return field.axis === "none" ? 1 : (part.values[name]?.length ?? 0) / widthOf(field);
}

/** Scaled in float64 before it is rounded, so that a column around 1e9 keeps its digits. */
const scaledColumns: Fill = (data, { start, stride }, part, input) => {
  const { values, steps, advance } = valuesOf(part, input);
  const own = part.units?.[input.spec.field];
  const { width } = input;
  for (let t = 0; t < steps; t++) {
    const { shift, scale } = unitsAt(own, input.units, t); // [D]
    for (let d = 0; d < width; d++) {
      const value = values[t * advance + d]!;
      if (Number.isNaN(value)) continue;
      const scaled = (value - shift[d]!) / scale[d]!;
      data[start + t * stride + d] = Math.max(-FARTHEST, Math.min(FARTHEST, scaled));
    }
  }
};

/** 1 for each number that was observed. */
const observedEntries: Fill = (data, { start, stride }, part, input) => {
  const { values, steps, advance } = valuesOf(part, input);
  for (let t = 0; t < steps; t++) {
    for (let d = 0; d < input.width; d++) {
      if (!Number.isNaN(values[t * advance + d]!)) data[start + t * stride + d] = 1;
    }
  }
};

/** 1 for each step whose first number was observed. */
const observedSteps =
  (isObserved: (value: number) => boolean): Fill =>
  (data, { start, stride }, part, input) => {
    const { values, steps, advance } = valuesOf(part, input);
    for (let t = 0; t < steps; t++) if (isObserved(values[t * advance]!)) data[start + t * stride] = 1;
  };

/** Frames with their range mapped to [0, 1]. */
const rangedFrames: Fill = (data, { start, stride }, part, input) => {
  const { values, steps, advance } = valuesOf(part, input);
  const [lowest, highest] = (input.field as FramesField).range;
  for (let t = 0; t < steps; t++) {
    for (let d = 0; d < input.width; d++)
      data[start + t * stride + d] = (values[t * advance + d]! - lowest) / (highest - lowest);
  }
};

/** Units of every step, those beyond the end like the last. */
const unitsOf =
  (of: (units: ColumnUnits) => Float64Array): Fill =>
  (data, { start, stride, steps }, part, input) => {
    const own = part.length === 0 ? undefined : part.units?.[input.spec.field]; // a row that has ended has none
    if (own !== undefined && areMoving(own, part.length, of, input) && !input.lead.includes("T"))
      throw uneven(input, "change from step to step");
    for (let t = 0; t < steps; t++) {
      const now = unitsAt(own, input.units, Math.min(t, part.length - 1));
      const numbers = of(now === input.units ? input.units : withCells(now, input.units)); // [D]
      for (let d = 0; d < input.width; d++) data[start + t * stride + d] = numbers[d]!;
    }
  };

const withCells = (units: Units, usual: ColumnUnits): ColumnUnits => ({
  ...units,
  cell: cellWidths(units.scale, usual),
});

/** Whether units change within a part: from step to step, or from those of the columns to its own. */
function areMoving(
  own: Units,
  length: number,
  of: (units: ColumnUnits) => Float64Array,
  { units: usual, width }: Input,
): boolean {
  const { from = 0 } = own;
  return of(withCells(own, usual)).length > width || (from > 0 && from < length);
}

const lengths = (part: Part, { spec, field }: Input): readonly number[] => [
  partSteps(part, spec.field, field),
];
const wholeValues = (part: Part, input: Input): ArrayLike<number> => valuesOf(part, input).values;

const isThere = (): boolean => true;
const isKnown = (level: number): boolean => level >= 0;

const ids: KindRule = {
  isObserved: isThere,
  floats: { mask: observedSteps(isThere) },
  wholes: { ids: wholeValues, lengths },
};

export const fieldRules: Readonly<Record<FieldKind, KindRule>> = {
  columns: {
    isObserved: (value) => !Number.isNaN(value),
    floats: {
      values: scaledColumns,
      mask: observedEntries,
      shift: unitsOf(({ shift }) => shift),
      scale: unitsOf(({ scale }) => scale),
      cell: unitsOf(({ cell }) => cell),
    },
    wholes: { lengths },
  },
  tokens: ids,
  features: ids,
  frames: {
    isObserved: isThere,
    floats: { values: rangedFrames, mask: observedSteps(isThere) },
    wholes: { lengths },
  },
  label: {
    isObserved: isKnown,
    floats: { mask: observedSteps(isKnown) },
    wholes: {
      level: (part, input) => Array.from(wholeValues(part, input), (level) => Math.max(0, level)),
      lengths,
    },
  },
};

/** The error for units that an input has no room for. */
export const uneven = ({ spec }: Input, how: string): VrnnError =>
  new VrnnError("feed/mismatch", `the units of "${spec.field}" ${how}`, {
    at: `input ${spec.name}`,
    remedy: "declare it as going over B, or T and B",
  });
