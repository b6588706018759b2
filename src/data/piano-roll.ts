import { VrnnError } from "../errors.ts";
import { type Column, type Dataset, type Sequence, SPLIT_NAMES, type SplitName } from "./dataset.ts";
import { checkNames, dealOut, planGiven, requireSome, type SchemaOptions } from "./schema.ts";
import { columnOf } from "./statistics.ts";

/** The MIDI numbers of a piano's lowest and highest key. */
export const LOWEST_PITCH = 21;
export const HIGHEST_PITCH = 108;

const PITCHES = Array.from({ length: HIGHEST_PITCH - LOWEST_PITCH + 1 }, (_, i) => String(LOWEST_PITCH + i));

type Placed = Sequence & { readonly split: SplitName };

/**
 * A data set of 88 binary columns "21" to "108" from `{"train" | "valid" | "test": [sequence: [step: [pitches]]]}`.
 * Keys never struck in training are kept: every roll has the same columns.
 *
 * @throws VrnnError `data/piano-roll` for anything else, with its place, such as `train, sequence 2, step 31`.
 */
export function pianoRoll(json: unknown, file: string, options: SchemaOptions): Dataset {
  checkNames(PITCHES, options, file);
  const names =
    options.columns?.map(({ name }) => name) ?? PITCHES.filter((pitch) => isWanted(pitch, options));
  requireSome(names, file);
  const sequences = SPLIT_NAMES.flatMap((split) => readSplit(json, split, names, file));
  if (sequences.length === 0) throw noRoll("it holds no sequence", file);
  const plan = planGiven(sequences, options, file);
  const splits = dealOut(sequences, plan.parts);
  const columns = options.columns ?? names.map((name, d) => pitchColumn(name, d, names.length, splits.train));
  return { columns, splits, notes: plan.notes };
}

function isWanted(pitch: string, { only, drop }: SchemaOptions): boolean {
  return (only?.includes(pitch) ?? true) && !drop?.includes(pitch);
}

function pitchColumn(name: string, index: number, width: number, train: readonly Sequence[]): Column {
  const steps = train.reduce((sum, { length }) => sum + length, 0);
  const entries = new Float64Array(steps);
  let row = 0;
  for (const { values } of train) {
    for (let place = index; place < values.length; place += width) entries[row++] = values[place]!;
  }
  return columnOf({ name, kind: "binary", levels: [] }, entries);
}

function readSplit(json: unknown, split: SplitName, names: readonly string[], file: string): Placed[] {
  if (typeof json !== "object" || json === null) throw noRoll("it is no object", file);
  const rolls: unknown = Object.entries(json).find(([key]) => key === split)?.[1] ?? [];
  if (!Array.isArray(rolls)) throw noRoll(`"${split}" is no list of sequences`, file);
  const places = new Map(names.map((name, d) => [Number(name), d]));
  return rolls.map((roll: unknown, i) => {
    const at = `${file}, ${split}, sequence ${i + 1}`;
    const values = rollValues(roll, places, at);
    return { name: `${split} ${i + 1}`, split, length: values.length / places.size, values };
  });
}

/** Ones where a key is struck, `[length, keys]`. */
function rollValues(roll: unknown, places: ReadonlyMap<number, number>, at: string): Float64Array {
  if (!Array.isArray(roll)) throw noRoll("the sequence is no list of steps", at);
  if (roll.length === 0) throw noRoll("the sequence has no steps", at);
  const values = new Float64Array(roll.length * places.size);
  roll.forEach((step: unknown, t) => {
    const place = `${at}, step ${t + 1}`;
    if (!Array.isArray(step)) throw noRoll("the step is no list of pitches", place);
    for (const pitch of step) {
      const d = places.get(checkPitch(pitch, place));
      if (d !== undefined) values[t * places.size + d] = 1;
    }
  });
  return values;
}

function checkPitch(pitch: unknown, at: string): number {
  const fits = typeof pitch === "number" && Number.isInteger(pitch);
  if (fits && pitch >= LOWEST_PITCH && pitch <= HIGHEST_PITCH) return pitch;
  throw new VrnnError("data/piano-roll", `${JSON.stringify(pitch)} is no MIDI pitch of a piano`, {
    at,
    remedy: `write whole numbers from ${LOWEST_PITCH} to ${HIGHEST_PITCH}`,
  });
}

function noRoll(what: string, at: string): VrnnError {
  return new VrnnError("data/piano-roll", `no piano roll: ${what}`, {
    at,
    remedy:
      'write {"train": [sequence: [step: [pitches]]], "valid": ..., "test": ...}, or other data as CSV or JSONL',
  });
}
