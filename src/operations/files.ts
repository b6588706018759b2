/** What a place with files can do beside, by who needs it. */
import type { DetectorOptions } from "../anomaly/detect.ts";
import type { FillCalibration } from "../calibration/calibrated-fills.ts";
import type { LabelCalibration } from "../calibration/label-calibration.ts";
import type { Recalibration } from "../calibration/recalibrate.ts";
import type { Sequence, SplitName } from "../data/dataset.ts";
import type { FramesField } from "../data/fields.ts";
import type { LiveOptions, StepReader } from "../data/files-live.ts";
import type { EncoderKnowledge } from "../data/images/encoder-knowledge.ts";
import type { PictureEncoding } from "../data/images/encoder-ports.ts";
import type { LiveFrame } from "../data/images/live-frames.ts";
import type { Picture } from "../data/images/picture.ts";
import type { Line } from "../data/lines.ts";
import type { ReadScene } from "../data/motion/tracks.ts";
import type { SequenceSource } from "../data/source.ts";
import type { LabelledText } from "../data/text/label-field.ts";
import type { Following } from "../inference/following.ts";
import type { Incident } from "../metrics/detection.ts";
import type { Model } from "../models/model.ts";
import type { Probe } from "../patterns/probe.ts";
import type { DataSchema } from "../run/data-schema.ts";
import type { RunEvent } from "../run/events.ts";
import type { TrainedModel } from "../run/run.ts";
import type { RunConfig } from "../run/run-config.ts";
import type { TrainingMemory } from "../train/memory.ts";
import type { RunDetector } from "../workbench/detector.ts";
import type { Filling } from "../workbench/fill-calibration.ts";
import type { Twin } from "../workbench/twin.ts";
import type { WatchState } from "../workbench/watch-state.ts";
import type { ResumeRequest, TrainingJob } from "./training.ts";

/** Files and runs in folders. */
export interface Files extends OtherData, LearnedBeside, LiveFiles {
  /** What the operation is about, as it was named. */
  readonly path: string;
  /** Further files of data, where several were named. */
  readonly more: readonly string[];
  /** The path of a file in a folder. */
  join(folder: string, name: string): string;
  /** What is in the folder that the operation is about; undefined when it holds no run. */
  folder(): Promise<FolderView | undefined>;
  /** How data are read, as a file says that was made by `inspect`. @throws VrnnError `data/schema`, `data/...` */
  schema(path: string): Promise<DataSchema>;
  /** Goes on with a run that was stopped. */
  resume(request: ResumeRequest): Promise<TrainingJob>;
}

/** Data beside those that an operation is about. */
export interface OtherData {
  /** The sequences of a file with the columns of the run. */
  others(path: string): Promise<Sequence[]>;
  /** Data of any kind with the fields of the run. @throws VrnnError `data/...` */
  otherSource(path: string): Promise<SequenceSource>;
  /** Another run, in a folder of its own. @throws VrnnError `run/...` */
  otherRun(path: string): Promise<TrainedModel>;
  /** The run's twin without latent variables; undefined of a model that has none. */
  twin(): Promise<Twin | undefined>;
  /** The splits of the data that the run was trained on, pictures and texts without what an encoder tells of them; undefined where they are no longer to be read. */
  ownSplits(): Promise<Readonly<Record<SplitName, SequenceSource>> | undefined>;
  /** Labelled texts as they were written, by the names of their sequences. @param path those of the run unless told */
  labelledTexts(path?: string): Promise<ReadonlyMap<string, LabelledText>>;
  /** A recording (WAV, FLAC, MP3 or Ogg Vorbis) as one channel at some rate, `[N]`. @throws VrnnError `data/...` */
  samples(path: string, rate: number): Promise<Float32Array>;
  /** Frames as a video in MP4. @throws VrnnError `data/ffmpeg` where there is no ffmpeg */
  mp4(frames: readonly Picture[], rate: number): Promise<Uint8Array>;
  /** Tracks, a scene a file. @param agent the column that tells whose they are @throws VrnnError `data/...` */
  tracks(path: string, agent: string | undefined): Promise<readonly ReadScene[]>;
  /** A picture (PNG or JPEG) as those of a field are, `[H, W, C]`. @throws VrnnError `data/...` */
  picture(path: string, field: FramesField): Promise<Uint8Array>;
  /** The encoder of a run, ready to read pictures. @param path where it is, if not where it was @throws VrnnError `run/encoder` */
  encoder(known: EncoderKnowledge, path: string | undefined): Promise<PictureEncoding>;
  /** What people say of the pictures that the run was trained on, as words, by the names of their sequences. @throws VrnnError `data/...` */
  captions(): Promise<ReadonlyMap<string, readonly (readonly string[])[]>>;
  /** The lines of a text. @throws VrnnError `data/...` */
  textLines(path: string): Promise<string[]>;
  /** Covariates of the steps after each sequence, `[steps, C]`. */
  future(path: string, sequences: readonly Sequence[]): Promise<Float64Array[]>;
  /** The labels of sequences by their names, in a file of their own. @throws VrnnError `data/...` */
  sequenceLabels(path: string): Promise<ReadonlyMap<string, string>>;
  /** The incidents labelled in a sequence of the chosen ones; undefined where there are no labels. */
  labels(sequence: Sequence): Promise<readonly Incident[] | undefined>;
}

/** What is learned once from the validation split of a run, and kept beside it. */
export interface LearnedBeside {
  /** How the run's forecasts turned out. */
  calibration(): Promise<Recalibration>;
  /** Whether that has been learned already. */
  isCalibrated(): Promise<boolean>;
  /** How true values lay among the draws of the run's filled gaps. */
  fillCalibration(filling: Filling): Promise<FillCalibration>;
  /** Whether that has been learned already. */
  isFillCalibrated(filling: Filling): Promise<boolean>;
  /** How the labels of the run's model turned out; undefined where its validation split has none. */
  labelCalibration(): Promise<LabelCalibration | undefined>;
  /** How labels are told of encodings; undefined until that is learned. */
  probe(): Promise<Probe | undefined>;
  /** Keeps it. */
  keepProbe(probe: Probe): Promise<void>;
}

/** What live data need. */
export interface LiveFiles {
  /** What flags odd steps, its threshold set by the run's validation split. */
  detector(
    options: DetectorOptions & {
      readonly seed: number;
      readonly following: Following;
      readonly path?: string | undefined;
    },
  ): Promise<RunDetector>;
  /** The lines that come in. @param leave ends the waiting for more of them */
  lines(leave?: AbortSignal): AsyncIterable<Line>;
  /**
   * The bytes of a recording, of a file or else of stdin, as they come, and a word where none come for a while.
   *
   * @throws VrnnError `usage/option` where stdin is a terminal, `data/missing-file`, `data/unreadable`
   */
  heard(path: string | undefined): AsyncIterable<Uint8Array | string>;
  /** The bytes of stdin likewise. @throws VrnnError `usage/option` where that is a terminal */
  bytes(): AsyncIterable<Uint8Array | string>;
  /** The lines of stdin likewise. */
  waitingLines(): AsyncIterable<Line | string>;
  /** A picture as a frame of a field, made as those of the run were. @throws VrnnError `data/...` */
  frame(path: string, field: FramesField): Promise<Uint8Array>;
  /** Clips one after the other, a frame at a time. @throws VrnnError `data/...` */
  played(path: string, field: FramesField): Promise<AsyncIterable<LiveFrame>>;
  /** The lines of a file that grows, also when it is renamed or begun anew; the first `skipped` are left out. */
  followed(path: string, skipped: number): AsyncIterable<Line>;
  /** Adds to the end of a file, at once. @throws VrnnError `file/write` */
  appender(path: string): (text: string) => void;
  /** The labels of a file of one a line, 1 for a step in which something was wrong. @throws VrnnError `labels/file` */
  rowLabels(path: string): Uint8Array;
  /** Whether a field of a column of labels says that something was wrong. */
  saysYes(field: string | number): boolean;
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

/** A run as it lies in its folder. */
export interface FolderView {
  readonly path: string;
  readonly config: RunConfig;
  readonly events: readonly RunEvent[];
  /** Sizes in bytes by name. */
  readonly files: Readonly<Record<string, number>>;
  /** Whether its data are still where it found them. */
  readonly hasData: boolean;
  /** What training takes at most. @param model the run's */
  memory(model: Model): Promise<TrainingMemory>;
}
