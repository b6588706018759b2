/**
 * Dynamic evaluation: Krause, Kahembwe, Murray and Renals, "Dynamic Evaluation of Neural Sequence Models", ICML 2018. A
 * sequence is told segment by segment, and after each the weights take a step downhill on it: what is told never saw what it
 * tells, and what was told before is learned from.
 */
import type { Fields } from "../data/fields.ts";
import { planBatches, wholeSpans } from "../data/plan.ts";
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import { gradientNames, nextNames } from "../names.ts";
import { countOf } from "../nn/parameters.ts";
import type { ObjectiveWithBound, Totals } from "../objectives/objective.ts";
import { allOrNone } from "../runtime/all-or-none.ts";
import { type Executable, float32, type Runtime, scalarValue, type TensorValue } from "../runtime/runtime.ts";
import { addTotals, batchCounts, countFeeds, summarise } from "./counts.ts";
import type { BoundSummary } from "./events.ts";
import { BatchFeeder, figureTotals, scalarFeeds } from "./feeds.ts";
import { chain, clipByGlobalNorm, descend } from "./optimisers.ts";
import { gradientProgram, updateProgram } from "./programs.ts";
import { RunningMeans } from "./running.ts";
import { overWindows } from "./windows.ts";

/** How weights follow what they tell. */
export interface DynamicOptions {
  /** The size of each step downhill on the mean loss of a segment; 0: none, the weights stay. */
  readonly rate: number;
  /** How many steps are told between two of these; 32 unless told. */
  readonly segment?: number;
  /** The greatest norm of a gradient; 1 unless told. */
  readonly clip?: number;
  readonly seed?: number;
}

/** What is told, and by what. */
export interface DynamicEvaluation {
  readonly runtime: Runtime;
  readonly model: Model;
  /** `[P]`: the weights that each sequence begins with. */
  readonly weights: Float32Array;
  readonly fields: Fields;
  readonly source: SequenceSource;
  readonly objective: ObjectiveWithBound;
}

/** How far it is, in steps. */
export interface DynamicProgress {
  readonly done: number;
  readonly of: number;
}

const [SEGMENT, CLIP] = [32, 1];
/** Whatever an objective warms up is warm. */
const SETTLED = Number.MAX_SAFE_INTEGER;

/**
 * The bound of sequences by weights that learn on from what they have told, pooled over all steps, in nats per step. Each
 * sequence begins with the weights that are given, one after the other.
 *
 * @yields how many steps of how many are done
 * @throws VrnnError `train/dynamic` for a model that reads what comes later, and for weights that end in no numbers
 * @example
 * const told = evaluateDynamically({ runtime, model, weights, fields, source, objective }, { rate: 0.2 });
 * let last = await told.next();
 * while (!last.done) last = await told.next();
 * last.value.natsPerStep;
 */
export async function* evaluateDynamically(
  { runtime, model, weights, fields, source, objective }: DynamicEvaluation,
  { rate, segment = SEGMENT, clip = CLIP, seed = 1 }: DynamicOptions,
): AsyncGenerator<DynamicProgress, BoundSummary> {
  if (!capabilitiesOf(model).causal || objective.isOfWholes?.(model)) throw readsAhead();
  const feeder = new BatchFeeder(model, fields, 1, objective);
  const index = await source.index();
  const plan = planBatches(wholeSpans(index), { batchSize: 1, window: segment });
  const of = index.reduce((sum, { length }) => sum + length, 0);
  const shared = {
    ...scalarFeeds(objective.schedule(SETTLED)),
    ...new RunningMeans(objective, model).tensors,
  };
  const { gradient, update, dispose } = await compiled(runtime, model, objective, clip);
  let parameters = float32([weights.length], weights);
  let totals: Totals = {};
  let counts = batchCounts([], 0, fields, model);
  let at = 0;
  try {
    const windows = overWindows({
      source,
      plan,
      begin: (rows) => feeder.restingStates(rows, objective.particles),
      feed: ({ parts, plan: { place } }) => {
        if (place === 0) parameters = float32([weights.length], weights);
        counts = batchCounts(parts, place, fields, model);
        return feeder.feed(parts, {
          seed,
          labels: ["dynamic", at],
          particles: objective.particles,
        });
      },
      run: async ([own]) => {
        const results = await gradient.run({ ...shared, ...countFeeds(counts), parameters, ...own });
        const slopes = gradientNames.give({ 0: results["gradient"]! });
        const next = await update.run({ parameters, learningRate: scalarValue(rate), ...slopes });
        parameters = next[nextNames.of("parameters")] as TensorValue<"float32">;
        return [results];
      },
    });
    let done = 0;
    for await (const { results } of windows) {
      totals = addTotals(totals, { ...figureTotals(objective, results), ...counts });
      at += 1;
      done += counts.steps;
      yield { done, of };
    }
  } finally {
    await dispose();
  }
  const none = Object.fromEntries(Object.keys(objective.figures).map((name) => [name, 0]));
  const summary = summarise(objective, { ...none, ...totals }, totals);
  if (!Number.isFinite(summary.natsPerStep)) throw tooFast(rate);
  return summary;
}

interface Programs {
  readonly gradient: Executable;
  readonly update: Executable;
  readonly dispose: () => Promise<void>;
}

const compiled = (
  runtime: Runtime,
  model: Model,
  objective: ObjectiveWithBound,
  clip: number,
): Promise<Programs> =>
  allOrNone(async (keep) => {
    const gradient = keep(await runtime.compile(gradientProgram(model, objective)));
    const sgd = chain(clipByGlobalNorm(clip), descend);
    const update = keep(await runtime.compile(updateProgram(countOf(model.parameters), sgd, 1)));
    return {
      gradient,
      update,
      dispose: async () => {
        await Promise.all([gradient.dispose(), update.dispose()]);
      },
    };
  });

const readsAhead = (): VrnnError =>
  new VrnnError(
    "train/dynamic",
    "a model that reads what comes later cannot learn on from what it has told",
    {
      remedy: "leave dynamic evaluation out, or choose a causal model",
    },
  );

const tooFast = (rate: number): VrnnError =>
  new VrnnError("train/dynamic", `the weights end in no numbers at a rate of ${rate}`, {
    remedy: "give a smaller rate",
  });
