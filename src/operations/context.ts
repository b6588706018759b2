import type { Detector } from "../anomaly/detect.ts";
import type { Findings } from "../anomaly/find-incidents.ts";
import type { Column, Dataset, Sequence, SplitName, TimeColumn } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { ModalityName } from "../data/modality.ts";
import type { Notice } from "../data/notice.ts";
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import type { HeardUtterance } from "../inference/speech/utterances.ts";
import type { Incident } from "../metrics/detection.ts";
import type { ParticleOptions } from "../models/particle-unroll.ts";
import type { BacktestContent, Clock, ForecastContent } from "../report/content.ts";
import type { LatentSpaceContent } from "../report/figures/clusters.ts";
import type { ConfusionContent } from "../report/figures/confusion.ts";
import type { SegmentsContent } from "../report/segments-picture.ts";
import type { DataSchema } from "../run/data-schema.ts";
import type { TrainedModel } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Known } from "../workbench/covariates.ts";
import type { KeptCells } from "../workbench/run-data.ts";
import type { SpeechShown } from "../workbench/speech-content.ts";
import type { Artifact, FileMade } from "./event.ts";
import type { Files } from "./files.ts";
import type { TrainingJob, TrainingPlan } from "./training.ts";

/**
 * What the place where an operation runs supplies, so that the operation itself needs nothing of that place. What it
 * is asked for is fetched then, and not before: mistakes are found while nothing has been read.
 */
export interface Context {
  /** Of the project. */
  readonly version: string;
  /** Asks a long operation to stop after the step under way. */
  readonly signal: AbortSignal;
  /** Is told what the operation noticed; what was noticed while data were read, it was told already. */
  readonly notice: Notice;
  runtime(): Promise<Runtime>;
  /** The trained model that the operation is about. @throws VrnnError `run/...`, `checkpoint/...` */
  run(): Promise<TrainedModel>;
  /**
   * The sequences that it is to work on.
   *
   * @param usual the split of the run's own data that is meant where none was chosen; test unless told
   * @throws VrnnError `data/...`, `run/data`, `run/split`
   */
  sequences(kept?: KeptCells, usual?: SplitName): Promise<Chosen>;
  /** The same of data of any kind. @throws VrnnError `data/...`, `run/data`, `run/split` */
  source(): Promise<SequenceSource>;
  /**
   * The data that it is to read or learn from.
   *
   * @param usual how they are read where nothing is said: of data that it has no effect on, it has none
   * @throws VrnnError `data/...`
   */
  dataset(schema?: DataSchema, usual?: DataSchema): Promise<Dataset | FieldDataset>;
  /**
   * What is known of steps that are to be made up, `[steps, C]` in the order of the model's conditions; undefined when
   * nothing is.
   */
  known(steps: number, said: Known): Promise<Float64Array | undefined>;
  /** Makes ready to train. @throws VrnnError `run/...` */
  begin(plan: TrainingPlan): Promise<TrainingJob>;
  /** Files and runs in folders, where there are any. */
  readonly files?: Files;
  /** What draws, where anything does. */
  readonly pictures?: Pictures;
}

/** Sequences to work on. */
export interface Chosen {
  readonly sequences: readonly Sequence[];
  readonly time: TimeColumn | undefined;
  /** What other splits hold, in the order of splits: of sequences cut by time what was before. Absent: nothing. */
  readonly earlier?: readonly Sequence[];
}

/** What draws. */
export interface Pictures {
  /** A picture of each sequence: names of files to SVG documents. */
  samples(
    columns: readonly Column[],
    sequences: readonly Sequence[],
    material: ModalityName,
  ): Promise<Readonly<Record<string, string>>>;
  forecast(): Promise<(content: ForecastContent, clock: Clock) => string>;
  backtest(): Promise<(content: BacktestContent) => string>;
  /** What draws a sequence before anything is learned of it, with what was seen in it. */
  inspection(): Promise<
    (
      columns: readonly Column[],
      sequence: Sequence,
      seen: Readonly<Record<string, string>>,
      clock: Clock,
    ) => string
  >;
  /** A sequence, its segments and the columns that changed most. */
  segments(): Promise<(content: SegmentsContent, clock: Clock) => string>;
  /** How many particles count over the first sequence. (It leads them itself: a page, which draws nothing, has no room for that.) */
  particles(): Promise<(context: Context, path: string, particles: ParticleOptions) => Promise<FileMade>>;
  /** Sequences in the plane in which they differ most, with their clusters. */
  latentSpace(): Promise<(content: LatentSpaceContent) => string>;
  /** What was heard of speech, as a page. */
  speech(): Promise<
    (heard: readonly HeardUtterance[], shown: Omit<SpeechShown, "recordings" | "source">) => Promise<string>
  >;
  /** What labels were told to be. */
  confusion(): Promise<(content: ConfusionContent) => string>;
  /** The timeline of what was found in the first sequence. @param labels the incidents labelled in each sequence */
  detection(): Promise<
    (
      found: readonly Findings[],
      detector: Detector,
      columns: readonly Column[],
      labels: readonly (readonly Incident[])[] | undefined,
      clock: Clock,
    ) => string
  >;
}

/** @throws VrnnError `operation/no-files` where an operation that needs files has none. */
export function filesOf({ files }: Context): Files {
  if (files !== undefined) return files;
  throw new VrnnError("operation/no-files", "this needs files, and there are none here", {
    remedy: "run it where there are, such as at the command line",
  });
}

/** What is made in a folder, by the names of files; nothing where there are no files. */
export const madeIn = (
  { files }: Context,
  folder: string,
  contents: Readonly<Record<string, Artifact["content"]>>,
): FileMade[] =>
  files === undefined
    ? []
    : Object.entries(contents).map(([name, content]) => ({ path: files.join(folder, name), content }));
