import {
  type OperationEntry,
  type OperationName,
  operations,
  type SubjectKind,
} from "../operations/index.ts";
import type { Listed, Said } from "./listed.ts";

const RUN = { argument: "<run>", help: "the folder of a run" };

/** How something is named at the command line. */
interface Named {
  readonly argument: string;
  readonly help: string;
}

/** How what an operation is about is named at the command line. */
export const subjects: Readonly<Record<SubjectKind, Named | undefined>> = {
  run: RUN,
  sequences: RUN,
  data: {
    argument: "[data...]",
    help:
      "CSV, TSV, JSONL, Parquet, arrays (.npy, .npz), series of UEA and UCR (.ts, _TRAIN.tsv), text (.txt), MIDI, drawings (.npz), " +
      "piano rolls and drawings as JSON, clips of frames (.npy of [N, T, H, W] or [N, T, H, W, C], " +
      "folders of PNG and JPEG, GIFs and videos, with --model frame-vrnn or video-vrnn), pictures beside a captions.json " +
      "(--model caption), tracks (--model trajectory), recordings beside a manifest.csv " +
      "that says what was said (--model recognise), " +
      "each also .gz: a file, several, a folder, a pattern in quotes ('data/*.csv'), or - for stdin with --format. " +
      "A model's own options, and those of its data: vrnn train --model <family> --help",
  },
  path: {
    argument: "<path...>",
    help: "the folder of a run, or data: a file, several, a folder, a pattern in quotes, or - for stdin",
  },
  nothing: undefined,
};

/** A command before it is loaded: enough to list it. */
export interface CommandEntry extends OperationEntry {
  readonly summary: string;
  /** What may be named behind what it is about; absent: nothing. */
  readonly further?: Named | undefined;
  /** Which of its options are worth listing under what was said; absent: all. */
  readonly listed?: ((said: Said) => Promise<Listed>) | undefined;
}

/** What the help says of each operation. It stands here, as a page has no help and would load it all the same. */
const summaries: Readonly<Record<OperationName, string>> = {
  train: "train a model on sequences in a file or folder",
  evaluate: "the bound of a trained model on a split of its data, or on other data",
  score:
    "how likely each step of some data is: nats in all, per column, token or frame and of the latent variables",
  sample:
    "sequences that a trained model makes up or goes on with, as tables, music, drawings, text or frames and as pictures",
  interpolate: "texts between two texts, of a model with latent variables of whole texts",
  transcribe:
    "what was said: words with their times, of recordings or of a split, and how many are wrong where that is known; with --stream what is being said",
  speak:
    "speech that a trained model makes up, as WAV: said from nothing, gone on with, said by another, or between two",
  futures: "where moving things may go: many futures of each agent of some tracks, and one guess",
  translate:
    "answer each line of stdin by what a model of pairs of texts writes: translations, spellings, dates",
  caption: "what pictures show, in words: the likeliest captions of each, and what else might be said",
  detect:
    "what is odd in some data: incidents with their columns in plain sentences, lasting changes, a score per step",
  watch:
    "follow live data on stdin, a step a line, or frames as they come: score each, flag what is odd, forecast the next step",
  export: "a trained model as ONNX files that need nothing of vrnn, and its weights as safetensors",
  forecast: "what comes after the last step of some sequences: means, quantiles, sample paths",
  backtest:
    "how forecasts of the past turned out, the model's and those of simple rules from the same origins: errors, losses, intervals and a verdict",
  calibrate:
    "how often the intervals of forecasts hold what came, before and after recalibration, learned beforehand and adapted",
  filter: "what was expected of each step before it was seen, and what is to be made of it after",
  impute: "fill what is missing by what came before and what came after, and say how surely",
  encode: "the latent variables behind each step, posterior means and scales, or a row of them a sequence",
  reconstruct: "what a trained model makes of data that it has seen, and how far off it is",
  classify: "the label of each sequence, or of each step, and how likely each level of it is",
  inspect:
    "what data look like before anything is learned: columns, time, gaps, seasons, shifts; as a schema to edit",
  probe: "learn to tell labels of sequences from what a trained model sees in them, beside the columns alone",
  cluster: "groups of sequences that a trained model sees as alike, with their typical ones and a picture",
  segments: "where sequences, or what a trained model sees in them, change, and what changed",
  info: "what a run holds, or what is inferred from a data file",
};

const listers: { readonly [Name in OperationName]?: (said: Said) => Promise<Listed> } = {
  train: async (said) => (await import("./train-listed.ts")).listedFor(said),
};

const furthers: { readonly [Name in OperationName]?: Named } = {
  caption: { argument: "[picture...]", help: "pictures as PNG or JPEG; none with --split" },
};

const summed = ([name, entry]: [string, OperationEntry]): [string, CommandEntry] => [
  name,
  {
    ...{ ...entry, summary: summaries[name as OperationName] },
    ...{ further: furthers[name as OperationName], listed: listers[name as OperationName] },
  },
];

/** Every command, in the order of the help: the operations that run anywhere, and three that need this machine. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  ...Object.fromEntries(Object.entries(operations).map(summed)),
  compare: {
    summary:
      "train several models on the same data, each under one budget, and say which tells held-out steps best",
    subject: "data",
    load: async () => (await import("../comparison/operation.ts")).compare,
  },
  demo: {
    summary:
      "learn what is usual of a server from recorded telemetry, and find incidents in recordings never seen",
    subject: "nothing",
    load: async () => (await import("../demo/operation.ts")).demo,
  },
  record: {
    summary: "record this machine (Linux) under a load of the project's own, with or without incidents",
    subject: "nothing",
    load: async () => (await import("../telemetry/operation.ts")).recordMachine,
  },
};
