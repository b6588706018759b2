/** A small search over the width of a model, the size of its steps and what it drops, judged on validation data. */
import type { Dataset } from "../data/dataset.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import type { Notice } from "../data/notice.ts";
import { VrnnError } from "../errors.ts";
import { type ModelFamily, type ModelOptions, modelDataOf } from "../models/family.ts";
import { type FamilyName, loadFamily } from "../models/loading.ts";
import { flagName, metaOf, shapeOf, usageError } from "../options.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Evaluator } from "../train/evaluate.ts";
import { type Learner, learners } from "../train/learners.ts";
import { updatesPerEpoch } from "../train/length.ts";
import { objectiveOf, type TrainingOptions } from "../train/options.ts";
import { counted, rate } from "../words/figures.ts";
import type * as z from "../zod.ts";
import { deadlineAfter } from "./deadline.ts";

/** What is to be searched for, and for how long. */
export interface Searching {
  readonly family: FamilyName;
  readonly model: ModelOptions;
  readonly training: TrainingOptions;
  /** The field whose label the model tells; none unless told. */
  readonly label?: string | undefined;
  readonly data: FieldDataset | Dataset;
  readonly runtime: Runtime;
  readonly notice: Notice;
  /** In seconds: no trial begins after it. */
  readonly budget: number;
  /** In seconds: a trial that has not ended by then is judged as it stands; trials are as long as they are unless told. */
  readonly trialSeconds?: number;
  /** Ends the search after the step under way, with what was found by then. */
  readonly signal?: AbortSignal;
}

/** The seconds of a unit of time. */
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
/** A search that is no longer tries hardly anything. */
const LEAST_BUDGET = 20;

/**
 * How long to search, in seconds.
 *
 * @throws VrnnError `usage/option`
 * @example
 * budgetSeconds("5m"); // 300
 */
export function budgetSeconds(budget: string): number {
  const seconds = secondsOf(budget);
  if (seconds >= LEAST_BUDGET) return seconds;
  throw usageError(
    `option '--budget': ${budget} is too short to try anything`,
    `give ${LEAST_BUDGET}s at least, or leave it out and train with the settings as they are`,
  );
}

/**
 * A length of time as a budget is told, in seconds.
 *
 * @throws VrnnError `usage/option`
 * @example
 * secondsOf("1.5m"); // 90
 */
export function secondsOf(budget: string): number {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(budget) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? Number.NaN);
  if (!Number.isNaN(seconds)) return seconds;
  throw usageError(`option '--budget': "${budget}" is no length of time`, "give one such as 90s, 5m or 1h");
}

/** What was found. */
export type Settings = Pick<Searching, "model" | "training">;

/** Updates of a trial: enough to see which setting learns better. */
const TRIAL_UPDATES = 600;

/** The option that says how wide the models of a family are: `hidden`, or the first of its options that is a whole number. */
interface Width {
  readonly key: string;
  readonly flag: string;
  /** A narrower one is not tried. */
  readonly least: number;
}

/** So narrow may any network become; a family that is narrower as usual may become half as wide as that. */
const [NARROWEST, WIDEST] = [8, 1024];

function widthOf({ options }: Pick<ModelFamily, "options">): Width | undefined {
  const shape = shapeOf(options);
  const usual = options.parse({});
  const key = "hidden" in shape ? "hidden" : Object.keys(shape).find((each) => Number.isInteger(usual[each]));
  if (key === undefined) return undefined;
  const flag = flagName(metaOf(shape[key] as z.core.$ZodType).flag ?? key);
  return { key, flag, least: Math.min(NARROWEST, Math.ceil(Number(usual[key]) / 2)) };
}

/** A change of one setting, and what it is called. */
interface Move {
  readonly name: string;
  readonly change: (settings: Settings) => Settings | undefined;
}

const scaledWidth =
  ({ key, least }: Width, factor: number): Move["change"] =>
  ({ model, training }) => {
    const width = Math.round(Number(model[key]) * factor);
    return width >= least && width <= WIDEST ? { model: { ...model, [key]: width }, training } : undefined;
  };

const scaledRate =
  (factor: number): Move["change"] =>
  ({ model, training }) => {
    const learningRate = Number((training.learningRate * factor).toPrecision(3));
    return learningRate >= 1e-4 && learningRate <= 0.03
      ? { model, training: { ...training, learningRate } }
      : undefined;
  };

const droppedBy =
  (share: number): Move["change"] =>
  ({ model, training }) => {
    const dropout = Number((training.dropout + share).toFixed(2));
    return dropout >= 0 && dropout <= 0.6 ? { model, training: { ...training, dropout } } : undefined;
  };

/** What is changed in turn, of a family and its learner: what they do not read is left as it is. */
function movesOf(family: ModelFamily, { learner }: TrainingOptions): Move[] {
  const width = widthOf(family);
  const rates = (factor: number, name: string): Move[] =>
    learner === "gradient" ? [{ name: `learning rate ${name}`, change: scaledRate(factor) }] : [];
  const widths = (factor: number, name: string): Move[] =>
    width === undefined ? [] : [{ name: `${width.key} ${name}`, change: scaledWidth(width, factor) }];
  const drops = (share: number, name: string): Move[] =>
    family.has.includes("dropoutSites") ? [{ name: `dropout ${name}`, change: droppedBy(share) }] : [];
  return [
    ...rates(3, "× 3"),
    ...widths(2, "× 2"),
    ...drops(0.2, "+ 0.2"),
    ...widths(0.5, "÷ 2"),
    ...rates(1 / 3, "÷ 3"),
    ...drops(-0.2, "− 0.2"),
  ];
}

/**
 * Changes one setting after the other and keeps what makes the validation bound better, until no change does or the time
 * is over.
 *
 * @throws VrnnError `train/budget` where there are no validation data
 */
export async function searchSettings(searching: Searching): Promise<Settings> {
  const { budget, notice, data, model, training, signal } = searching;
  await requireValidation(data);
  const family = await loadFamily(searching.family);
  const moves = movesOf(family, training);
  const keyOf = (settings: Settings) => settingsWords(family, settings);
  const end = performance.now() + 1000 * budget;
  const isOver = () => performance.now() >= end || signal?.aborted === true;
  const tried = new Map<string, number>();
  let [best, bestScore] = [{ model, training }, await tryOut(searching, { model, training })];
  tried.set(keyOf(best), bestScore);
  for (let idle = 0, turn = 0; idle < moves.length && !isOver(); turn++) {
    const { name, change } = moves[turn % moves.length]!;
    const next = change(best);
    idle += 1;
    if (next === undefined || tried.has(keyOf(next))) continue;
    const score = await tryOut(searching, next);
    tried.set(keyOf(next), score);
    if (!(score > bestScore)) continue;
    notice([`${name}: validation ${score.toFixed(3)} after ${bestScore.toFixed(3)}`]);
    [best, bestScore, idle] = [next, score, 0];
  }
  notice([`searched ${counted(tried.size, "setting")}, ${lengthWords(searching)} each: ${keyOf(best)}`]);
  return best;
}

async function requireValidation(data: Searching["data"]): Promise<void> {
  if ((await fieldDatasetOf(data).splits.valid.index()).length > 0) return;
  throw new VrnnError("train/budget", "a search is judged by validation data, and there are none", {
    at: "--budget",
    remedy: "leave some with --split, such as 0.8,0.1,0.1, or leave the search out",
  });
}

const lengthWords = ({ trialSeconds }: Searching): string =>
  trialSeconds === undefined ? `${TRIAL_UPDATES} updates` : `${rate(trialSeconds)} s at most`;

/**
 * What is searched, as it would be typed.
 *
 * @example
 * settingsWords(vrnn, settings); // "--hidden 64 --lr 0.003 --dropout 0"
 */
export function settingsWords(family: ModelFamily, { model, training }: Settings): string {
  const width = widthOf(family);
  const { learner, learningRate, dropout } = training;
  return [
    ...(width === undefined ? [] : [`${width.flag} ${model[width.key]}`]),
    learner === "gradient" ? `--lr ${learningRate}` : `--learner ${learner}`,
    ...(family.has.includes("dropoutSites") ? [`--dropout ${dropout}`] : []),
  ].join(" ");
}

/** The best validation score of a short training; less than any other where it fails. */
async function tryOut(searching: Searching, { model, training }: Settings): Promise<number> {
  const { family, data, runtime, label, trialSeconds, signal } = searching;
  const { fields, splits } = fieldDatasetOf(data);
  const { build } = await loadFamily(family);
  const epochs = Math.ceil(TRIAL_UPDATES / updatesPerEpoch(await splits.train.index(), training));
  // None of these is worth its time in a trial.
  const options = { ...training, epochs, patience: 0, recompute: 0, subwordDropout: 0, transpose: 0 };
  const learner = await learners[training.learner].create({
    model: build(modelDataOf(fields, label), model),
    data,
    options,
    runtime,
  });
  const deadline = deadlineAfter(trialSeconds, signal);
  try {
    for await (const _ of learner.fit(deadline.signal));
    return learner.state.cursor.bestValid ?? (await scoreAsItStands(searching, learner, options));
  } catch (error) {
    if (error instanceof VrnnError && error.code === "train/not-finite") return Number.NEGATIVE_INFINITY;
    throw error;
  } finally {
    deadline.release();
    await learner.dispose();
  }
}

/** The validation bound of weights in the middle of the first epoch. */
async function scoreAsItStands(
  { data, runtime }: Searching,
  learner: Learner,
  options: TrainingOptions,
): Promise<number> {
  const { fields, splits } = fieldDatasetOf(data);
  await learner.download();
  const objective = await objectiveOf(options);
  const evaluator = await Evaluator.create(runtime, learner.model, fields, objective, options);
  try {
    return (await evaluator.bound(learner.weights, splits.valid)).natsPerStep;
  } finally {
    await evaluator.dispose();
  }
}
