/**
 * What needs Node: the runtime on this machine, data from files, and runs in folders.
 *
 * @module vrnn/node
 */
export { readDataset } from "./data/files.ts";
export { type CaptionSchema, readCaptions } from "./data/files-captions.ts";
export { readClips } from "./data/files-clips.ts";
export { readDays } from "./data/files-days.ts";
export { readIdx } from "./data/files-images.ts";
export { type MotionSchema, readMotion } from "./data/files-motion.ts";
export { readPairs } from "./data/files-pairs.ts";
export { readSpeech, type SpeechSchema } from "./data/files-speech.ts";
export { streamJsonLines, streamTable } from "./data/files-streamed.ts";
export { readTextDataset, type TextFileOptions } from "./data/files-text.ts";
export type { FrameOptions } from "./data/images/frames.ts";
export type { PictureSchema } from "./data/images/preparation.ts";
export type { NatsSummary } from "./metrics/nats.ts";
export { picturesOf } from "./report/pictures.ts";
export { type NewRun, newConfig, openRun, type Run } from "./run/run.ts";
export type { RunConfig } from "./run/run-config.ts";
export { type NodeRuntimeOptions, nodeRuntime } from "./runtime/node.ts";
export {
  evaluateEach,
  evaluateRun,
  evaluateRunDynamically,
  type SequenceBound,
} from "./workbench/evaluate.ts";
export {
  type ResultEvent,
  type RunStart,
  type RunTrainingEvent,
  type SavedEvent,
  type SavingIntervals,
  type TrainRunOptions,
  trainRun,
} from "./workbench/train.ts";
