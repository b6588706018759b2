import type { DetectorOptions } from "../anomaly/detect.ts";
import type { FillCalibration } from "../calibration/fill-calibration.ts";
import type { Recalibration } from "../calibration/recalibrate.ts";
import type { Column, Dataset, Sequence, TimeColumn } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { LiveOptions, StepReader } from "../data/files-live.ts";
import type { Line } from "../data/lines.ts";
import type { ModalityName } from "../data/modality.ts";
import type { Notice } from "../data/notice.ts";
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import type { Following } from "../inference/following.ts";
import type { Incident } from "../metrics/detection.ts";
import type { ModelOptions } from "../models/family.ts";
import type { FamilyName } from "../models/loading.ts";
import type { Clock, ForecastContent } from "../report/content.ts";
import type { DataSchema } from "../run/data-schema.ts";
import type { RunEvent } from "../run/events.ts";
import type { TrainedModel } from "../run/run.ts";
import type { RunConfig } from "../run/run-config.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { TrainingOptions } from "../train/options.ts";
import type { Known } from "../workbench/covariates.ts";
import type { RunDetector } from "../workbench/detector.ts";
import type { Filling } from "../workbench/fill-calibration.ts";
import type { KeptCells } from "../workbench/run-data.ts";
import type { ResultEvent, RunTrainingEvent } from "../workbench/train.ts";
import type { WatchState } from "../workbench/watch-state.ts";
import type { Artifact, FileMade } from "./event.ts";
import type { Given } from "./train-resumed.ts";

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
  /** The sequences that it is to work on. @throws VrnnError `data/...`, `run/data`, `run/split` */
  sequences(kept?: KeptCells): Promise<Chosen>;
  /** The same of data of any kind. @throws VrnnError `data/...`, `run/data`, `run/split` */
  source(): Promise<SequenceSource>;
  /** The data that it is to read or learn from. @throws VrnnError `data/...` */
  dataset(schema?: DataSchema): Promise<Dataset | FieldDataset>;
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
}

/** A model to be trained. */
export interface TrainingPlan {
  readonly family: FamilyName;
  readonly model: ModelOptions;
  readonly training: TrainingOptions;
  readonly schema: RunConfig["data"]["schema"];
  /** The folder of the run, where there are folders. */
  readonly out?: string | undefined;
  /** Whether a run that is there already gives way. */
  readonly force?: boolean | undefined;
  /** The run whose weights it begins with. */
  readonly from?: string | undefined;
}

/** Training that is ready to begin. */
export interface TrainingJob {
  /** The folder of the run, where there are folders. */
  readonly path?: string;
  readonly epochs: number;
  /** What the data hold, to be told beforehand. */
  readonly description: readonly string[];
  events(): AsyncIterable<RunTrainingEvent>;
  /** Writes a report of the run; the report's path. @throws VrnnError when it cannot be drawn. */
  report?(result: ResultEvent): Promise<string>;
}

/** What a place with files can do beside. */
export interface Files {
  /** Goes on with a run that was stopped. */
  resume(request: ResumeRequest): Promise<TrainingJob>;
  /** What is in the folder that the operation is about; undefined when it holds no run. */
  folder(): Promise<FolderView | undefined>;
  /** What the operation is about, as it was named. */
  readonly path: string;
  /** The path of a file in a folder. */
  join(folder: string, name: string): string;
  /** The sequences of a file with the columns of the run. */
  others(path: string): Promise<Sequence[]>;
  /** Data of any kind with the fields of the run. @throws VrnnError `data/...` */
  otherSource(path: string): Promise<SequenceSource>;
  /** Covariates of the steps after each sequence, `[steps, C]`. */
  future(path: string, sequences: readonly Sequence[]): Promise<Float64Array[]>;
  /** How the run's forecasts turned out on its validation split, learned once and kept beside it. */
  calibration(): Promise<Recalibration>;
  /** Whether that has been learned already. */
  isCalibrated(): Promise<boolean>;
  /** How true values lay among the draws of the run's filled gaps on its validation split, learned once and kept beside it. */
  fillCalibration(filling: Filling): Promise<FillCalibration>;
  /** Whether that has been learned already. */
  isFillCalibrated(filling: Filling): Promise<boolean>;
  /** The incidents labelled in a sequence of the chosen ones; undefined where there are no labels. */
  labels(sequence: Sequence): Promise<readonly Incident[] | undefined>;
  /** What flags odd steps, its threshold set by the run's validation split. */
  detector(
    options: DetectorOptions & {
      readonly seed: number;
      readonly following: Following;
      readonly path?: string | undefined;
    },
  ): Promise<RunDetector>;
  /** The lines that come in. */
  lines(): AsyncIterable<Line>;
  /** Where a stream that a model follows is kept between two processes. */
  watchState(path: string, seed: number): Promise<WatchStateStore>;
  /** Makes ready to read steps, a line each. */
  openSteps(first: string, line: number, options: LiveOptions): StepReader;
}

/** What is kept of a stream; see `WatchStateFile`. */
export interface WatchStateStore {
  /** @throws VrnnError `watch/state` for that of another model or seed */
  read(): WatchState | undefined;
  /** @throws VrnnError `file/...` */
  write(state: WatchState): void;
}

/** Which run is to go on. */
export interface ResumeRequest {
  /** Its folder; when it is empty, the one that `out` or the data say. */
  readonly resume: string;
  readonly out?: string | undefined;
  /** What was said of it beside; see `resumedConfig`. */
  readonly given: Given;
}

/** A run as it lies in its folder. */
export interface FolderView {
  readonly path: string;
  readonly config: RunConfig;
  readonly events: readonly RunEvent[];
  /** Sizes in bytes by name. */
  readonly files: Readonly<Record<string, number>>;
  /** Whether its data are still where it found them. */
  readonly hasData: boolean;
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
