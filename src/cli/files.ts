/** What operations do with files, in Node. */
import { appendFileSync, existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { bytesOfFile, readText, STDIN } from "../data/files-bytes.ts";
import { labelledTextsByName } from "../data/files-fields.ts";
import { followedFile } from "../data/files-followed.ts";
import { openSteps } from "../data/files-live.ts";
import { isPattern } from "../data/files-patterns.ts";
import { linesAfter, linesOf } from "../data/lines.ts";
import type { Notice } from "../data/notice.ts";
import { parseJson } from "../data/tables/json-text.ts";
import { textLines } from "../data/text/pairs.ts";
import { labelsOf } from "../demo/recordings.ts";
import type { VrnnError } from "../errors.ts";
import type { Model } from "../models/model.ts";
import type { Files } from "../operations/files.ts";
import { usageError } from "../options.ts";
import { RunFolder } from "../run/folder.ts";
import { openRun, type Run } from "../run/run.ts";
import { runConfig } from "../run/run-config.ts";
import { placesOf } from "../run/run-fields.ts";
import { dataSchemaOf } from "../run/schema-file.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { TrainingMemory } from "../train/memory.ts";
import type { TrainingOptions } from "../train/options.ts";
import { calibrationOf } from "../workbench/calibration.ts";
import { readFuture } from "../workbench/covariates.ts";
import { detectorOfRun } from "../workbench/detector.ts";
import { ownSplits, readOtherSource, unencoded } from "../workbench/field-data.ts";
import { fillCalibrationOf, keptFills } from "../workbench/fill-calibration.ts";
import { keepProbe, keptProbe } from "../workbench/kept-probe.ts";
import { labelCalibrationOf } from "../workbench/label-calibration.ts";
import { readRowLabels, saysYes } from "../workbench/row-labels.ts";
import { readOtherData } from "../workbench/run-data.ts";
import { readSequenceLabels } from "../workbench/sequence-labels.ts";
import { twinBeside } from "../workbench/twin.ts";
import { WatchStateFile } from "../workbench/watch-state.ts";
import type { DataChoice } from "./data-choice.ts";
import { once } from "./once.ts";
import { refuseFilm } from "./outputs.ts";
import { withStalls } from "./stalls.ts";

/** What the files belong to. */
export interface FileSettings {
  readonly path: string;
  readonly more: readonly string[];
  readonly choice: DataChoice;
  readonly run: () => Promise<Run>;
  readonly runtime: () => Promise<Runtime>;
  readonly signal: () => AbortSignal;
  readonly notice: Notice;
}

/** The files of this machine, for one operation. */
export const nodeFiles = ({
  path,
  more,
  choice,
  run,
  runtime,
  signal,
  notice,
}: FileSettings): Omit<Files, "resume"> => ({
  path,
  more,
  join: (folder, file) => {
    refuseFilm(folder);
    return join(folder, file);
  },
  folder: async () => (RunFolder.isRun(path) ? viewOf(path) : undefined),
  schema: async (file) => dataSchemaOf(parseJson(readText(file), file), file),
  others: async (other) => [...readOtherData((await run()).config, notice, other).sequences],
  otherRun: async (folder) => openRun(folder),
  twin: async () => twinBeside(await run()),
  ownSplits: once(async () => ownSplits(unencoded((await run()).config))),
  otherSource: async (other) => readOtherSource((await run()).config, notice, other),
  future: async (table, sequences) => readFuture(await run(), notice, table, sequences),
  calibration: async () => calibrationOf(await run(), await runtime(), notice),
  isCalibrated: async () => (await run()).folder.calibration("calibration").bytes !== undefined,
  fillCalibration: async (filling) => fillCalibrationOf(await run(), await runtime(), notice, filling),
  isFillCalibrated: async (filling) => keptFills(await run(), filling) !== undefined,
  labelCalibration: once(async () => labelCalibrationOf(await run(), await runtime(), notice)),
  labelledTexts: async (other = undefined) => {
    const { config } = await run();
    return labelledTextsByName(other ?? choice.data ?? config.data.path, config.data.schema);
  },
  probe: async () => keptProbe(await run()),
  keepProbe: async (probe) => keepProbe(await run(), probe, notice),
  sequenceLabels: async (table) => readSequenceLabels(table),
  samples: async (file, rate) => (await import("../data/files-speech.ts")).readSamples(file, rate),
  mp4: async (frames, rate) => (await import("../data/files-video.ts")).mp4Of(frames, rate),
  tracks: async (path, agent) => (await import("../data/files-motion.ts")).readScenes(path, agent),
  picture: async (file, field) =>
    (await import("../data/files-picture-like.ts")).pictureLike(
      file,
      field,
      (await run()).config.data.schema,
    ),
  encoder: async (known, other) =>
    (await import("../data/files-picture-encoder.ts")).PictureEncoder.open(
      other ?? (await run()).config.data.schema.features ?? "",
      known.pixels,
      known,
    ),
  captions: async () =>
    (await import("../data/files-captions.ts")).captionsIn((await run()).config.data.path),
  textLines: async (file) => textLines(readText(file)),
  labels: async (sequence) => {
    const source = choice.data ?? (await run()).config.data.path;
    if (source === STDIN) return undefined; // nothing stands beside it
    return labelsOf(statSync(source).isDirectory() ? source : dirname(source), sequence);
  },
  detector: async (options) => detectorOfRun(await run(), await runtime(), notice, options),
  lines: (leave) =>
    linesOf(untilAborted(process.stdin, leave === undefined ? signal() : AbortSignal.any([signal(), leave]))),
  heard: (file) => {
    if (choice.data !== undefined || choice.split !== undefined)
      throw usageError(
        "--stream hears what comes in, and no data of the run",
        "leave --data and --split out",
      );
    if (file !== undefined) return withStalls(bytesOfFile(file, signal()));
    if (process.stdin.isTTY) throw noRecorder();
    return withStalls(untilAborted(process.stdin, signal()));
  },
  bytes: () => {
    if (process.stdin.isTTY) throw noFrames();
    return withStalls(untilAborted(process.stdin, signal()));
  },
  waitingLines: () => withStalls(linesOf(untilAborted(process.stdin, signal()))),
  frame: async (file, field) =>
    (await import("../data/files-played.ts")).frameAt(file, field, (await run()).config.data.schema),
  played: async (clips, field) =>
    (await import("../data/files-played.ts")).playedClips(clips, field, (await run()).config.data.schema),
  followed: (file, skipped) => linesAfter(linesOf(followedFile(file, signal())), skipped),
  appender: (file) => (text) => appendFileSync(file, text),
  rowLabels: readRowLabels,
  saysYes,
  watchState: async (file, seed) => new WatchStateFile(file, await run(), seed),
  openSteps,
});

const noRecorder = (): VrnnError =>
  usageError(
    "--stream reads sound from stdin, and stdin is a terminal",
    "pipe a recorder into it, arecord -f S16_LE -r 16000 | vrnn transcribe RUN --stream --rate 16000, or name a file: --stream FILE.wav",
  );

const noFrames = (): VrnnError =>
  usageError(
    "--raw reads frames from stdin, and stdin is a terminal",
    "pipe them into it, ffmpeg -i camera -f rawvideo -pix_fmt gray -s 120x80 - | vrnn watch RUN --raw, or name a clip: --play walk.mp4",
  );

function viewOf(path: string) {
  const folder = RunFolder.open(path, runConfig);
  const names = readdirSync(path).filter((name) => statSync(join(path, name)).isFile());
  return {
    path,
    config: folder.config,
    events: folder.events(),
    files: Object.fromEntries(names.sort().map((name) => [name, statSync(join(path, name)).size])),
    hasData: placesOf(folder.config).every((place) => existsSync(place) || isPattern(place)),
    memory: (model: Model) => memoryOf(model, folder.config.training),
  };
}

/** The programs of training come with it: who does not ask, does not load them. */
async function memoryOf(model: Model, training: TrainingOptions): Promise<TrainingMemory> {
  const [{ trainingMemory }, { objectiveOf }] = await Promise.all([
    import("../train/memory.ts"),
    import("../train/options.ts"),
  ]);
  return trainingMemory(model, await objectiveOf(training), training);
}

async function* untilAborted(input: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const close = () => input.destroy();
  signal.addEventListener("abort", close);
  try {
    if (!signal.aborted) yield* input;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
