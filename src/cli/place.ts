/** What Node supplies to an operation: this machine's runtime, data from files, runs in folders, pictures. */
import { type Dataset, SPLIT_NAMES, type SplitName } from "../data/dataset.ts";
import { withCalendar } from "../data/derived/names.ts";
import { type FieldDataset, sequenceSource } from "../data/field-dataset.ts";
import type { Fields } from "../data/fields.ts";
import { readDataset } from "../data/files.ts";
import { onlyFile, readerFor, readFields } from "../data/files-fields.ts";
import type { Notice } from "../data/notice.ts";
import type { SequenceSource } from "../data/source.ts";
import type { Chosen, Context, Pictures } from "../operations/context.ts";
import type { DataSchema } from "../run/data-schema.ts";
import { openRun, type Run } from "../run/run.ts";
import type { RunConfig } from "../run/run-config.ts";
import { projectVersion } from "../run/version.ts";
import { knownSteps } from "../workbench/covariates.ts";
import { readerOfRun, readOtherSource, readRunFields, withEncoderAt } from "../workbench/field-data.ts";
import {
  type KeptCells,
  movedNotes,
  readOtherData,
  readRunData,
  sequencesOf,
  sourceOfSplit,
} from "../workbench/run-data.ts";
import type { DataChoice } from "./data-choice.ts";
import { nodeFiles } from "./files.ts";
import type { Notes } from "./notes.ts";
import { once } from "./once.ts";
import { refuseUnread } from "./unread.ts";

/** What the command line says of where things are. */
export interface Place {
  /** What the operation is about: the folder of a run, or data. */
  readonly path: string | undefined;
  /** Further files, where several were named. */
  readonly more: readonly string[];
  /** Which data, for operations over sequences. */
  readonly choice: DataChoice;
  readonly notes: Notes;
  /** Listens for requests to stop from the first time that it is asked for. */
  readonly signal: () => AbortSignal;
}

/** What an operation is given at the command line. What is heavy to load is loaded when it is asked for. */
export function nodeContext({ path, more, choice, notes, signal }: Place): Context {
  const runtime = once(async () => (await import("../runtime/node.ts")).nodeRuntime());
  const notice = notes.add;
  const run = once(async () => openedRun(path ?? "", choice.features, notice));
  const workshop = { path, more, runtime, signal, notice };
  return {
    version: projectVersion,
    get signal() {
      return signal();
    },
    runtime,
    run,
    sequences: async (kept, usual) => chosenData((await run()).config, choice, notice, kept, usual),
    source: async () => chosenSource((await run()).config, choice, notice),
    notice,
    dataset: (options = {}, usual = {}) => datasetAt([path ?? "", ...more], options, usual, notice),
    known: async (steps, said) => knownSteps(await run(), notice, steps, said),
    begin: async (plan) => (await import("./training.ts")).newJob(plan, workshop),
    files: {
      ...nodeFiles({ path: path ?? "", more, choice, run, runtime, signal, notice }),
      resume: async (request) => (await import("./training.ts")).resumedJob(request, workshop),
    },
    pictures: { ...pictures, speech: () => speechDrawn(run, choice) },
  };
}

/** What makes a page of speech that was heard, with the recordings of the folder that it came from. */
async function speechDrawn(
  run: () => Promise<Run>,
  { data, split = "test" }: DataChoice,
): ReturnType<Pictures["speech"]> {
  const { speechPage } = await import("../workbench/speech-page.ts");
  const path = data ?? (await run()).config.data.path;
  const source = data === undefined ? `the ${split} split` : path.split("/").at(-1)!;
  return (heard, shown) => speechPage(heard, path, { ...shown, source });
}

/** The run, its encoder where that is now, and a word where its weights are no more than a beginning. */
function openedRun(path: string, encoder: string | undefined, notice: Notice): Run {
  const own = openRun(path);
  const run = { ...own, config: withEncoderAt(own.config, encoder) };
  if (run.folder.isUntrained)
    notice([
      `none of the epochs of this run was finished: it has the weights that it began with (vrnn train --resume ${path})`,
    ]);
  return run;
}

/** The data that an operation works on: those of the run, or others with its columns. */
function chosenData(
  config: RunConfig,
  { data: path, split, format }: DataChoice,
  notice: Notice,
  kept: KeptCells = {},
  usual: SplitName = "test",
): Chosen {
  if (path !== undefined) return readOtherData(config, notice, path, { split, format, ...kept });
  const data = readRunData(config, notice, undefined, kept);
  const sequences = sequencesOf(data, split ?? usual, config.data.path);
  notice(movedNotes(config, sequences));
  const earlier = SPLIT_NAMES.slice(0, SPLIT_NAMES.indexOf(split ?? "test")).flatMap(
    (name) => data.splits[name],
  );
  return { sequences, time: data.time, earlier };
}

/** The same of data of any kind. */
async function chosenSource(config: RunConfig, choice: DataChoice, notice: Notice): Promise<SequenceSource> {
  const reader = readerOfRun(config);
  if (reader === undefined)
    return sequenceSource(chosenData(config, choice, notice).sequences, config.fields as Fields);
  const { data: path, ...others } = choice;
  if (path !== undefined) return readOtherSource(config, notice, path, others);
  return sourceOfSplit(await readRunFields(reader, config, notice), others.split ?? "test", config.data.path);
}

/** Data as they would be trained on. @param usual how they are read where nothing is said */
async function datasetAt(
  [path = "", ...more]: readonly string[],
  options: DataSchema,
  usual: DataSchema,
  notice: Notice,
): Promise<Dataset | FieldDataset> {
  const reader = readerFor(path, options);
  const said = { ...usual, ...options };
  const data =
    reader === undefined
      ? readDataset([path, ...more], withCalendar(said))
      : await readFields(reader, onlyFile(path, more), said);
  notice(data.notes);
  refuseUnread(options, data, path);
  return data;
}

const pictures: Omit<Pictures, "speech"> = {
  samples: async (...given) => (await import("../report/pictures.ts")).picturesOf(...given),
  latentSpace: async () => (await import("../report/latent-space-picture.ts")).latentSpacePicture,
  confusion: async () => (await import("../report/confusion-picture.ts")).confusionPicture,
  particles: async () => (await import("../operations/evaluate-picture.ts")).particlesPicture,
  segments: async () => (await import("../report/segments-picture.ts")).segmentsPicture,
  detection: async () => {
    const { detectionPicture } = await import("../report/detection-picture.ts");
    const { foundContent } = await import("../report/found.ts");
    return (found, detector, columns, labels, clock) =>
      detectionPicture(foundContent(found, detector, columns, labels), clock);
  },
  forecast: async () => (await import("../report/forecast-picture.ts")).forecastPicture,
  backtest: async () => (await import("../report/backtest-picture.ts")).backtestPicture,
  inspection: async () => (await import("../report/inspection-picture.ts")).inspectionPicture,
};
