import { VrnnError } from "../../errors.ts";
import { quoted } from "../../legible.ts";
import { type Column, type Dataset, type Sequence, SPLIT_NAMES, type SplitName } from "../dataset.ts";
import { scaleSeries } from "../series-units.ts";
import { placeNotes } from "../split.ts";
import { splitCalled } from "../split-names.ts";
import { checkNames } from "../tables/chosen.ts";
import { dealOut, planGiven } from "../tables/dealing.ts";
import { requireSome } from "../tables/infer.ts";
import type { SchemaOptions } from "../tables/schema.ts";
import { columnOf } from "../tables/statistics.ts";
import { HIGHEST_PITCH, isPianoKey, LOWEST_PITCH } from "./playing.ts";

const PITCHES = Array.from({ length: HIGHEST_PITCH - LOWEST_PITCH + 1 }, (_, i) => String(LOWEST_PITCH + i));

/** A piece of music on a grid of steps. */
export interface Roll {
  readonly name: string;
  /** The split that the file's place or content asked for. */
  readonly split?: SplitName | undefined;
  /** The pitches that sound at each step, all of them keys of a piano. */
  readonly steps: readonly (readonly number[])[];
}

/**
 * A data set of 88 binary columns "21" to "108" from `{"train" | "valid" | "test": [sequence: [step: [pitches]]]}`.
 *
 * @throws VrnnError `data/piano-roll` for anything else, with its place, such as `train, sequence 2, step 31`.
 */
export function pianoRoll(json: unknown, file: string, options: SchemaOptions): Dataset {
  if (typeof json !== "object" || json === null) throw noRoll("it is no object", file);
  const rolls = SPLIT_NAMES.flatMap((split) => readSplit(json, split, file));
  if (rolls.length === 0) throw noRoll("it holds no sequence", file);
  const read = rollDataset(rolls, options, file);
  const others = Object.keys(json).filter((key) => splitCalled(key) === undefined);
  return { ...read, notes: [...others.map((key) => `${file}: ${quoted(key)} is left out`), ...read.notes] };
}

/**
 * A data set of 88 binary columns "21" to "108", each 1 where its key sounds. Keys never struck in training are kept:
 * every roll has the same columns.
 *
 * @param source The file or folder, for messages.
 * @throws VrnnError `data/unknown-column`, `data/split`, `data/no-training`.
 */
export function rollDataset(rolls: readonly Roll[], options: SchemaOptions, source: string): Dataset {
  checkNames(PITCHES, options, source);
  const names =
    options.columns?.map(({ name }) => name) ?? PITCHES.filter((pitch) => isWanted(pitch, options));
  requireSome(names, source);
  const places = new Map(names.map((name, d) => [Number(name), d]));
  const items = rolls.map(({ name, steps, split }) => ({ name, length: steps.length, split }));
  const plan = planGiven(items, options, source);
  const splits = dealOut(
    rolls.map((roll) => sequenceOf(roll, places)),
    plan.parts,
  );
  const columns = options.columns ?? names.map((name, d) => pitchColumn(name, d, names.length, splits.train));
  const notes = [...plan.notes, ...placeNotes(items, plan)];
  return scaleSeries({ modality: { name: "music" }, columns, splits, notes }, options.scaleSteps);
}

/** Ones where a key sounds, `[steps, keys]`. */
function sequenceOf({ name, steps }: Roll, places: ReadonlyMap<number, number>): Sequence {
  const values = new Float64Array(steps.length * places.size);
  steps.forEach((pitches, t) => {
    for (const pitch of pitches) {
      const d = places.get(pitch);
      if (d !== undefined) values[t * places.size + d] = 1;
    }
  });
  return { name, length: steps.length, values };
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

/** The sequences under every key that is called after a split. */
function readSplit(json: object, split: SplitName, file: string): Roll[] {
  return Object.entries(json)
    .filter(([key]) => splitCalled(key) === split)
    .flatMap(([key, rolls]: [string, unknown]) => {
      if (!Array.isArray(rolls)) throw noRoll(`"${key}" is no list of sequences`, file);
      return rolls.map((roll: unknown, i) => {
        const steps = readSteps(roll, `${file}, ${key}, sequence ${i + 1}`);
        return { name: `${key} ${i + 1}`, split, steps };
      });
    });
}

function readSteps(roll: unknown, at: string): number[][] {
  if (!Array.isArray(roll)) throw noRoll("the sequence is no list of steps", at);
  if (roll.length === 0) throw noRoll("the sequence has no steps", at);
  return roll.map((step: unknown, t) => {
    const place = `${at}, step ${t + 1}`;
    if (!Array.isArray(step)) throw noRoll("the step is no list of pitches", place);
    return step.map((pitch: unknown) => checkPitch(pitch, place));
  });
}

function checkPitch(pitch: unknown, at: string): number {
  if (typeof pitch === "number" && Number.isInteger(pitch) && isPianoKey(pitch)) return pitch;
  throw new VrnnError("data/piano-roll", `${quoted(pitch)} is no MIDI pitch of a piano`, {
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
