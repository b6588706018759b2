/** A small search over the width of a model, the size of its steps and what it drops, judged on validation data. */
import type { Dataset } from "../data/dataset.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import type { Notice } from "../data/notice.ts";
import { VrnnError } from "../errors.ts";
import { type ModelOptions, modelDataOf } from "../models/family.ts";
import { type FamilyName, loadFamily } from "../models/loading.ts";
import { usageError } from "../options.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { updatesPerEpoch } from "../train/length.ts";
import type { TrainingOptions } from "../train/options.ts";
import { Trainer } from "../train/trainer.ts";
import { counted } from "../words/figures.ts";

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
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(budget) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? Number.NaN);
  if (Number.isNaN(seconds))
    throw usageError(`option '--budget': "${budget}" is no length of time`, "give one such as 90s, 5m or 1h");
  if (seconds >= LEAST_BUDGET) return seconds;
  throw usageError(
    `option '--budget': ${budget} is too short to try anything`,
    `give ${LEAST_BUDGET}s at least, or leave it out and train with the settings as they are`,
  );
}

/** What was found. */
export type Settings = Pick<Searching, "model" | "training">;

/** Updates of a trial: enough to see which setting learns better. */
const TRIAL_UPDATES = 600;

/** A change of one setting, and what it is called. */
interface Move {
  readonly name: string;
  readonly change: (settings: Settings) => Settings | undefined;
}

const scaledWidth =
  (factor: number): Move["change"] =>
  ({ model, training }) => {
    const hidden = Math.round(Number(model["hidden"]) * factor);
    return hidden >= 8 && hidden <= 1024 ? { model: { ...model, hidden }, training } : undefined;
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

/** What is changed in turn. */
const moves: readonly Move[] = [
  { name: "learning rate × 3", change: scaledRate(3) },
  { name: "hidden × 2", change: scaledWidth(2) },
  { name: "dropout + 0.2", change: droppedBy(0.2) },
  { name: "hidden ÷ 2", change: scaledWidth(0.5) },
  { name: "learning rate ÷ 3", change: scaledRate(1 / 3) },
  { name: "dropout − 0.2", change: droppedBy(-0.2) },
];

/**
 * Changes one setting after the other and keeps what makes the validation bound better, until no change does or the time
 * is over.
 *
 * @throws VrnnError `train/budget` where there are no validation data, or the family has no width
 */
export async function searchSettings(searching: Searching): Promise<Settings> {
  const { budget, notice, data, model, training } = searching;
  if ((await fieldDatasetOf(data).splits.valid.index()).length === 0)
    throw new VrnnError("train/budget", "a search is judged by validation data, and there are none", {
      at: "--budget",
      remedy: "leave some with --split, such as 0.8,0.1,0.1, or leave the search out",
    });
  const end = performance.now() + 1000 * budget;
  const tried = new Map<string, number>();
  let [best, bestScore] = [{ model, training }, await tryOut(searching, { model, training })];
  tried.set(keyOf(best), bestScore);
  for (let idle = 0, turn = 0; idle < moves.length && performance.now() < end; turn++) {
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
  notice([`searched ${counted(tried.size, "setting")}, ${TRIAL_UPDATES} updates each: ${wordsOf(best)}`]);
  return best;
}

const partsOf = ({ model, training }: Settings) =>
  [model["hidden"], training.learningRate, training.dropout] as const;

const keyOf = (settings: Settings): string => partsOf(settings).join(" ");

function wordsOf(settings: Settings): string {
  const [hidden, rate, dropout] = partsOf(settings);
  return `--hidden ${hidden} --lr ${rate} --dropout ${dropout}`;
}

/** The best validation score of a short training; less than any other where it fails. */
async function tryOut(
  { family, data, runtime, label }: Searching,
  { model, training }: Settings,
): Promise<number> {
  const { fields, splits } = fieldDatasetOf(data);
  const { build } = await loadFamily(family);
  const epochs = Math.ceil(TRIAL_UPDATES / updatesPerEpoch(await splits.train.index(), training));
  // None of these is worth its time in a trial.
  const options = { ...training, epochs, patience: 0, recompute: 0, subwordDropout: 0, transpose: 0 };
  const trainer = await Trainer.create({
    model: build(modelDataOf(fields, label), model),
    data,
    options,
    runtime,
  });
  try {
    for await (const _ of trainer.fit());
    return trainer.state.cursor.bestValid ?? Number.NEGATIVE_INFINITY;
  } catch (error) {
    if (error instanceof VrnnError && error.code === "train/not-finite") return Number.NEGATIVE_INFINITY;
    throw error;
  } finally {
    await trainer.dispose();
  }
}
