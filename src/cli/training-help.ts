/** What the help says of the options of training. It stands here, as a page has no help and would load it all the same. */

import { resamplers } from "../models/particle-unroll.ts";
import { objectiveNames, readersOf } from "../objectives/loading.ts";
import type { objectiveOptions } from "../objectives/options.ts";
import { learnerNames } from "../train/learner-names.ts";
import type { TrainingOptions } from "../train/options.ts";
import { schedules } from "../train/schedules.ts";
import { listed } from "../words/figures.ts";

/** Of the options of objectives, told with the objectives that read them. */
const objectiveHelp: Readonly<Record<keyof typeof objectiveOptions, string>> = {
  klWarmupSteps: "steps over which the divergence gets its full weight",
  freeBits: "divergence per step and latent variable that costs nothing",
  labelSmoothing: "share of a token or label spread over all",
  particles: "particles that each sequence is followed by",
  resampling: `how ancestors are drawn: ${Object.keys(resamplers).join(", ")}`,
  elboWeight: "weight of the evidence lower bound beside labels or transcripts",
};

const withReaders = (key: string, help: string): string =>
  `of ${listed(readersOf(key), objectiveNames.length)}: ${help}`;

export const trainingHelp: Readonly<Record<keyof TrainingOptions, string>> = {
  learner: `how weights are changed: ${learnerNames.join(", ")} (expectation maximisation; of hidden Markov models and Kalman filters)`,
  epochs: "passes over the training data (default: 4,000 updates at most, as patience ends it before)",
  batchSize: "sequences side by side",
  window: "steps after which back-propagation is cut",
  recompute:
    "steps of a window in memory at once, computed twice: a third slower, a fraction of the memory of long windows; 0: all, once",
  learningRate: "size of Adam's steps",
  schedule: `learning rate over time: ${Object.keys(schedules).join(", ")}`,
  warmupSteps: "steps over which the learning rate rises",
  clip: "greatest norm of a gradient",
  weightDecay: "decoupled weight decay of all matrices (AdamW)",
  decayGroups: "weight decay of parameters whose names begin so, such as cell=0.1; may be repeated",
  objective: `what is made small: ${objectiveNames.join(", ")}`,
  dropout: "share of hidden values dropped in training",
  dropoutAt: "other shares for single sites, such as x=0.05 or decoder=0.3; may be repeated",
  dropoutSpan: "how long the same hidden values stay dropped: step, window",
  subwordDropout:
    "pairs of texts: share of merges left out where they are cut into subwords, anew each time (BPE-dropout)",
  transpose: "music: each piece is learned from in a key up to so many semitones off, drawn anew each time",
  weightDropout: "share of recurrent weights dropped for a window (DropConnect)",
  activationPenalty: "weight of the mean square of what cells say (activation regularisation)",
  temporalPenalty: "weight of the mean square of how far that moves in a step (temporal regularisation)",
  stateDropout: "share of rows that begin a window anew, as windows that are told by themselves do",
  weightAverage:
    "decay of a moving average of the weights, which is evaluated and kept in their place; 0: none",
  conditionDropout: "share of training sequences whose conditions are withheld",
  patience:
    "epochs without a better validation bound; 0: never stop (default: those of 200 updates; never with --epochs)",
  seed: "the same seed gives the same weights",
  shards: "parts of a batch computed at once, a core each",
  ...(Object.fromEntries(
    Object.entries(objectiveHelp).map(([key, help]) => [key, withReaders(key, help)]),
  ) as typeof objectiveHelp),
};
