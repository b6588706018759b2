/** What training is refused or ended by. It is loaded when that happens, which pages hardly ever see. */
import type { SplitName } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import type { CountName } from "../objectives/objective.ts";

/** What is whole, and windows that would cut it. */
export interface CutSequences {
  /** Whether the model itself could be cut. */
  readonly windowed: boolean;
  readonly window: number;
  readonly longest: number;
}

/** That windows would cut what has to be whole. */
export function cutSequences({ windowed, window, longest }: CutSequences): VrnnError {
  const what = windowed ? "what is told of" : "a latent variable of";
  const fault = `${what} the whole sequence cannot be cut into windows of ${window} steps`;
  return new VrnnError("train/whole-sequences", fault, {
    at: "window",
    remedy: `the longest sequence has ${longest} steps: give a window as long, or cut the sequences beforehand`,
  });
}

/** That another `fit` has not ended. */
export const busy = (): VrnnError =>
  new VrnnError("train/busy", "the trainer is fitting already", {
    remedy: "end that first: leave its loop, or call return() of what fit() gave",
  });

/** That an epoch came to nothing that could be compared. */
export const notFiniteBound = (step: number): VrnnError =>
  new VrnnError("train/not-finite", "the bound of the validation data is not finite", {
    at: `step ${step}`,
    remedy:
      "the last good checkpoint is kept; look for extreme values in the validation data, or try a smaller --lr",
  });

const WORDS: Readonly<Record<CountName, string>> = {
  observedSteps: "steps with anything observed",
  steps: "steps",
  sequences: "sequences",
  labelled: "known labels",
};

/** That the figure by which epochs are compared is a mean over nothing. */
export const nothingCounted = (split: SplitName, per: CountName): VrnnError =>
  new VrnnError(
    "train/nothing-counted",
    `the ${split} split has no ${WORDS[per]}, by which the best epoch is chosen`,
    {
      at: "objective",
      remedy:
        split === "valid"
          ? "the best epoch is chosen by it: deal the data out otherwise (--split, --shuffle), or leave no validation split"
          : "say which column holds labels, or deal the data out otherwise (--split, --shuffle)",
    },
  );

/** What a trainer has to be given for an option. */
const notGiven = (at: string, code: string, what: string, given: string): VrnnError =>
  new VrnnError(`train/${code}`, `${what} here`, {
    at,
    remedy: `leave it at 0, or give the trainer \`${given}\``,
  });

/** That nothing reads data anew, which options ask for. */
export const notReread = (): VrnnError =>
  notGiven("subwordDropout or transpose", "reread", "data are not read anew each time", "reread");

/** That nothing computes windows in pieces, which an option asks for. */
export const notPiecewise = (): VrnnError =>
  notGiven("recompute", "pieces", "windows are not computed in pieces", "piecewise: piecewiseGradient");
/** That processes would be left without rows. */
export const tooFewRows = (rows: number, size: number): VrnnError =>
  new VrnnError(
    "train/too-few-rows",
    `a batch of ${rows} rows leaves some of ${size} processes without any`,
    {
      remedy: "train with fewer processes, or with a batch size that divides the sequences more evenly",
    },
  );
