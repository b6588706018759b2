/** How many hidden states a model has, chosen by the data. */
import type { Dataset, Sequence } from "../data/dataset.ts";
import type { Notice } from "../data/notice.ts";
import { VrnnError } from "../errors.ts";
import type { ModelFamily, ModelOptions } from "../models/family.ts";
import { type ExactModel, isLatent } from "../models/model.ts";
import { iterated, likeliestStart, throughout } from "../train/restarts.ts";
import { initialWeights } from "../train/weights.ts";
import { counted, nats } from "../words/figures.ts";

/** What there is to choose for. */
export interface ChoosingStates {
  readonly family: ModelFamily;
  /** `chooseStates` has the counts to choose among, `chooseBy` what judges them. */
  readonly model: ModelOptions;
  readonly data: Dataset;
  readonly seed: number;
  readonly notice: Notice;
}

/** Iterations of the likeliest start of each count. */
const ITERATIONS = 60;

/**
 * The options with the number of states that is best among those to choose from, each fitted by expectation maximisation: by
 * the Bayesian information criterion of training (Schwarz 1978), −2 log L + parameters · log steps, or by the likelihood of
 * the validation split. Nothing to choose from: the options as they are.
 *
 * @throws VrnnError `hmm/choose` without validation data to judge by or where a number is named too, `model/states` for more states than
 * training steps, and what the model throws
 */
export function chosenStates({ model, notice, ...given }: ChoosingStates): ModelOptions {
  const { chooseStates: counts = [], chooseBy } = model as ChoiceOptions;
  if (counts.length === 0 && chooseBy === "validation") throw nothingToChoose();
  const { states: asked } = model as { readonly states?: number };
  if (counts.length === 0) {
    if (asked !== undefined) requireSteps(asked, given.data, "--states");
    return model;
  }
  if (asked !== (given.family.options.parse({}) as { readonly states?: number }).states) throw toldTwice();
  requireSteps(Math.max(...counts), given.data, "--choose-states");
  const { valid } = given.data.splits;
  if (chooseBy === "validation" && stepsOf(valid) === 0) throw unjudged();
  const scores = counts.map((states) => scoreOf({ ...given, model: { ...model, states } }));
  const by = (score: Score) => (chooseBy === "validation" ? -(score.valid ?? 0) : score.bic);
  const best = scores.reduce((one, other) => (by(other) < by(one) ? other : one));
  notice([
    ...scores.map(scoreWords),
    `chosen: ${counted(best.states, "state")}, by ${chooseBy === "validation" ? "validation data" : "BIC"} (--states names a number)`,
  ]);
  return { ...model, states: best.states };
}

/** @throws VrnnError `model/states` */
function requireSteps(states: number, { splits }: Dataset, at: string): void {
  const steps = stepsOf(splits.train);
  if (states <= steps) return;
  throw new VrnnError(
    "model/states",
    `${states} hidden states cannot be learned from ${steps} training steps`,
    {
      at,
      remedy: "ask for fewer, or give more data",
    },
  );
}

const nothingToChoose = (): VrnnError =>
  new VrnnError("hmm/choose", "there are no numbers of states to choose from", {
    at: "--choose-by",
    remedy: "name some with --choose-states, such as 2,3,5,8, or leave it out",
  });

const toldTwice = (): VrnnError =>
  new VrnnError("hmm/choose", "the number of states is named, and is to be chosen", {
    at: "--choose-states",
    remedy: "leave out one of --states and --choose-states",
  });

/** Refuses a choice for data that are read in parts. @throws VrnnError `hmm/choose` */
export function refuseChoice(model: ModelOptions): void {
  const { chooseStates: counts = [] } = model as ChoiceOptions;
  if (counts.length === 0) return;
  throw new VrnnError(
    "hmm/choose",
    "the number of states is chosen by data in memory, and these are read in parts",
    {
      at: "--choose-states",
      remedy: "give --states, or choose on a part of the data",
    },
  );
}

interface ChoiceOptions {
  readonly chooseStates?: readonly number[];
  readonly chooseBy?: string;
}

/** How good a number of states is. */
interface Score {
  readonly states: number;
  readonly bic: number;
  /** Nats per step; of validation data where there are any. */
  readonly train: number;
  readonly valid: number | undefined;
}

const scoreWords = ({ states, bic, train, valid }: Score): string =>
  `${counted(states, "state")}: BIC ${bic.toFixed(1)}, train ${nats(train)}${valid === undefined ? "" : `, valid ${nats(valid)}`} nats per step`;

function scoreOf({ family, model: options, data, seed }: Omit<ChoosingStates, "notice">): Score {
  const { columns, splits } = data;
  const model = family.build({ columns }, options);
  const { restarts, freeParameters, expectationMaximisation } = isLatent(model)
    ? ({} as Partial<ExactModel>)
    : model;
  if (restarts === undefined || freeParameters === undefined || expectationMaximisation === undefined)
    throw new RangeError("a family whose states are chosen is learnt by expectation maximisation");
  const iterate = expectationMaximisation.bind(model);
  const sequences = splits.train;
  const starting = { restarts, iterate, sequences, seed, first: initialWeights(model.parameters, seed) };
  const { weights, logLikelihood } = iterated(
    starting,
    throughout(likeliestStart(starting)).weights,
    ITERATIONS,
  );
  const [steps, judged, states] = [stepsOf(sequences), stepsOf(splits.valid), Number(options["states"])];
  const isJudged = judged >= states || (judged > 0 && (options as ChoiceOptions).chooseBy === "validation");
  return {
    states,
    bic: -2 * logLikelihood + freeParameters * Math.log(steps),
    train: logLikelihood / steps,
    valid: isJudged
      ? iterated({ iterate, sequences: splits.valid }, weights, 1).logLikelihood / judged
      : undefined,
  };
}

const stepsOf = (sequences: readonly Sequence[]): number =>
  sequences.reduce((all, { length }) => all + length, 0);

const unjudged = (): VrnnError =>
  new VrnnError("hmm/choose", "there are no validation data to choose the number of states by", {
    at: "--choose-by",
    remedy: "leave some with --split, such as 0.8,0.1,0.1, or choose by bic",
  });
