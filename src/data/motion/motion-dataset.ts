/** Tracks as a data set of two fields: where an agent went, and what was seen of it and of those about it. */
import { VrnnError } from "../../errors.ts";
import { counted } from "../../words/figures.ts";
import { type Column, SPLIT_NAMES, type SplitName } from "../dataset.ts";
import { type FieldDataset, splitSources } from "../field-dataset.ts";
import type { ColumnsField, FramesField } from "../fields.ts";
import { type MemorySequence, memorySource } from "../source.ts";
import { checkShares, isAllTested, type SplitShares } from "../split.ts";
import { columnOf } from "../tables/statistics.ts";
import type { Scene } from "./tracks.ts";
import {
  cutScene,
  mirrored,
  NUMBERS,
  USUAL_WINDOW,
  type Window,
  type WindowSize,
  windowsOf,
} from "./windows.ts";

/** The fields of tracks. */
export interface MotionFields {
  /** `[ahead, 2]`: ahead and to the left, how much farther an agent went at each step than by going on as before. */
  readonly x: ColumnsField;
  /** `[S, observed · 5]`: what was seen of the agent, then of the others (`windows.ts`), in units of a usual move. */
  readonly source: FramesField;
}

/** How tracks become a data set. */
export interface MotionOptions {
  /** 8 moments seen and 12 ahead unless told. */
  readonly size?: WindowSize | undefined;
  /** Of how many agents there must be at a time that they are learned from; 1 unless told. */
  readonly least?: number | undefined;
  /** Shares of the time of each scene, where no file asks for a split. */
  readonly split?: SplitShares | undefined;
  /** What a trained model is of; found in the training split unless told. */
  readonly fields?: MotionFields | undefined;
}

/**
 * Stretches of tracks as sequences, one for each agent and moment. Those of training stand there twice, as they are and in a mirror:
 * people turn left as they turn right.
 *
 * @param at where the scenes come from, for messages
 * @throws VrnnError `data/no-training` when no agent is seen for as long as a stretch is, `data/split`
 * @example
 * const { fields } = motionDataset(scenes, "eth");
 * fields.x.columns.map(({ name }) => name); // ["ahead", "left"]
 */
export function motionDataset(
  scenes: readonly Scene[],
  at: string,
  options: MotionOptions = {},
): FieldDataset & { readonly fields: MotionFields & FieldDataset["fields"] } {
  const { size = USUAL_WINDOW, least = 1, split, fields: known } = options;
  const parts = dealt(scenes, split);
  const found = bySplit((name) =>
    parts
      .filter((scene) => scene.split === name)
      .map((scene) => ({ scene, windows: windowsOf(scene, size, least) })),
  );
  const training = found.train.flatMap(({ windows }) => windows);
  if (training.length === 0 && known === undefined) throw noStretch(at, size);
  const own = known ?? fieldsOf(training, size);
  const sequences = bySplit((name) =>
    found[name].flatMap(({ scene, windows }) =>
      windows.flatMap((window) => [
        sequenceOf(window, scene.name),
        ...(name === "train" ? [sequenceOf(mirrored(window), `${scene.name} in a mirror`)] : []),
      ]),
    ),
  );
  const count = (name: SplitName) => found[name].reduce((all, { windows }) => all + windows.length, 0);
  return {
    modality: { name: "motion", ...size },
    fields: { ...own },
    splits: splitSources((name) => memorySource(sequences[name], { ...own })),
    notes: [
      ...(scenes.some((scene) => scene.split !== undefined) || isAllTested(split)
        ? []
        : ["split by time within each scene"]),
      `${counted(size.observed, "moment")} are seen, ${size.ahead} are to come: ${SPLIT_NAMES.map((name) => `${count(name)} ${name}`).join(", ")}`,
    ],
  };
}

const bySplit = <Value>(of: (name: SplitName) => Value): Readonly<Record<SplitName, Value>> => ({
  train: of("train"),
  valid: of("valid"),
  test: of("test"),
});

/** The shares of training, validation and test where nothing is said. */
const USUAL_SHARES: SplitShares = [0.7, 0.15, 0.15];

/** Scenes with their splits: as files ask, those that ask for none train; else each by time. */
function dealt(scenes: readonly Scene[], split: SplitShares | undefined): readonly Scene[] {
  if (isAllTested(split)) return scenes.map((scene) => ({ ...scene, split: "test" }));
  const isDivided = scenes.some((scene) => scene.split !== undefined);
  if (isDivided && split !== undefined)
    throw new VrnnError(
      "data/split",
      "the option split has no effect: the data say which split they are of",
      { remedy: "leave it out, or rename the files that do" },
    );
  if (isDivided) return scenes.map((scene) => ({ ...scene, split: scene.split ?? "train" }));
  const shares = checkShares(split ?? USUAL_SHARES);
  return scenes.flatMap((scene) =>
    cutScene(scene, shares).map((part, i) => ({ ...part, split: SPLIT_NAMES[i]! })),
  );
}

/** A stretch as a sequence. */
export const sequenceOf = ({ agent, moment, seen, departures }: Window, scene: string): MemorySequence => ({
  name: `${scene}: ${agent} at ${moment}`,
  length: departures.length / 2,
  values: { x: departures, source: seen },
});

/** The fields as training tells them; a move is as long as its root mean square. */
function fieldsOf(training: readonly Window[], { observed }: WindowSize): MotionFields {
  const speeds = training.map(({ heading }) => heading.speed ** 2);
  const speed = Math.sqrt(speeds.reduce((sum, square) => sum + square, 0) / speeds.length);
  return {
    x: {
      kind: "columns",
      role: "target",
      axis: "T",
      columns: ["ahead", "left"].map((name, place) => columnOfMoves(name, place, training)),
    },
    source: {
      kind: "frames",
      role: "source",
      axis: "S",
      shape: [observed * NUMBERS],
      storage: "float32",
      range: [0, speed > 0 ? speed : 1],
    },
  };
}

/** A column of departures, symmetric where it is of the side, with how far it changes from step to step. */
function columnOfMoves(name: string, place: number, training: readonly Window[]): Column {
  const values = training.flatMap(({ departures }) => {
    const own = Array.from(departures).filter((_, i) => i % 2 === place);
    return name === "left" ? [...own, ...own.map((value) => -value)] : own;
  });
  const changes = training.flatMap(({ departures }) =>
    Array.from(departures.subarray(2), (value, i) => value - departures[i]!).filter(
      (_, i) => i % 2 === place,
    ),
  );
  const spread = Math.sqrt(
    changes.reduce((sum, change) => sum + change ** 2, 0) / Math.max(1, changes.length),
  );
  const column = columnOf({ name, kind: "real", levels: [], resolution: 0 }, values);
  return spread > 0 ? { ...column, spreads: { last: spread } } : column;
}

const noStretch = (at: string, { observed, ahead }: WindowSize): VrnnError =>
  new VrnnError(
    "data/no-training",
    `no agent of the training split is there for ${observed + ahead} moments in a row`,
    {
      at,
      remedy: `give longer tracks, or moments farther apart: ${observed} are seen and ${ahead} are to come`,
    },
  );
