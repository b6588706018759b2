import type { Sequence } from "../data/dataset.ts";
import { sequenceSource } from "../data/field-dataset.ts";
import type { SequenceSource } from "../data/source.ts";
import { onlySequence } from "../data/whole-sequences.ts";
import { requireFinite } from "../inference/finite.ts";
import type { NatsSummary } from "../metrics/nats.ts";
import { loadObjective, type ObjectiveName, objectiveFacts, ownObjective } from "../objectives/loading.ts";
import type { Objective, ObjectiveWithBound } from "../objectives/objective.ts";
import type { TrainedModel } from "../run/run.ts";
import type { RunConfig } from "../run/run-config.ts";
import { type Runtime, scalarValue } from "../runtime/runtime.ts";
import {
  type DynamicOptions,
  type DynamicProgress,
  evaluateDynamically,
} from "../train/dynamic-evaluation.ts";
import { Evaluator } from "../train/evaluate.ts";
import type { BoundSummary } from "../train/events.ts";
import { objectiveOf } from "../train/options.ts";

/**
 * The bound of some sequences under the weights of a run: the same figure that training reports for them. (A figure of
 * your own that reads what training remembers, `fed.running`, is told by zeros: a run keeps weights alone.)
 *
 * @param objective by which they are told, such as a tighter bound; that of the run unless told
 * @throws VrnnError `task/not-finite`
 * @example
 * const { natsPerStep } = await evaluateRun(trained, sequences, runtime, objectives.fivo.create({ particles: 64 }));
 */
export async function evaluateRun(
  trained: TrainedModel,
  sequences: readonly Sequence[] | SequenceSource,
  runtime: Runtime,
  objective?: Objective,
): Promise<NatsSummary & BoundSummary> {
  const source = sequenceSource(sequences, trained.config.fields);
  const evaluator = await evaluatorOf(trained, runtime, objective);
  try {
    const bound = await evaluator.bound(trained.weights, source);
    requireFinite({ bound: scalarValue(bound.natsPerStep) });
    const index = await source.index();
    const steps = index.reduce((sum, { length }) => sum + length, 0);
    const meanOfSequences = (bound.natsPerStep * steps) / index.length;
    return { ...bound, meanOfSequences, sequences: index.length, steps };
  } finally {
    await evaluator.dispose();
  }
}

/**
 * The bound of sequences by weights that learn on from what they have told (`evaluateDynamically`): the one that the run's objective
 * tells, with nothing freed or smoothed, is also what they learn by.
 *
 * @yields how far it is
 * @throws VrnnError `train/dynamic`
 */
export async function* evaluateRunDynamically(
  { config, model, weights }: TrainedModel,
  source: SequenceSource,
  runtime: Runtime,
  options: DynamicOptions,
): AsyncGenerator<DynamicProgress, BoundSummary> {
  const evaluation = {
    runtime,
    model,
    weights,
    fields: config.fields,
    source,
    objective: await boundOf(config),
  };
  return yield* evaluateDynamically(evaluation, { seed: config.training.seed, ...options });
}

/** The bound that the objective of a run tells, by itself. */
async function boundOf({ training }: Pick<RunConfig, "training">): Promise<ObjectiveWithBound> {
  const make = await loadObjective(objectiveFacts[training.objective].bound as ObjectiveName);
  return make({ ...training, klWarmupSteps: 0, freeBits: 0, labelSmoothing: 0 }) as ObjectiveWithBound;
}

async function evaluatorOf(
  { config, model }: TrainedModel,
  runtime: Runtime,
  objective: Objective | undefined,
): Promise<Evaluator> {
  const { training, fields } = config;
  const told = await (objective ? ownObjective(objective) : objectiveOf(training));
  return Evaluator.create(runtime, model, fields, told, training);
}

/** The bound of one sequence, in nats. */
export interface SequenceBound {
  readonly name: string;
  readonly steps: number;
  readonly nats: number;
  readonly natsPerStep: number;
}

/**
 * The bound of each sequence by itself. The latent variables are drawn anew for each, so the mean differs a little from
 * the figure of all together.
 *
 * @param objective as of `evaluateRun`
 * @throws VrnnError `task/not-finite`
 */
export async function evaluateEach(
  trained: TrainedModel,
  sequences: readonly Sequence[] | SequenceSource,
  runtime: Runtime,
  objective?: Objective,
): Promise<SequenceBound[]> {
  const source = sequenceSource(sequences, trained.config.fields);
  const evaluator = await evaluatorOf(trained, runtime, objective);
  try {
    const bounds: SequenceBound[] = [];
    for (const [i, { name, length: steps }] of (await source.index()).entries()) {
      const { natsPerStep } = await evaluator.bound(trained.weights, onlySequence(source, i));
      requireFinite({ bound: scalarValue(natsPerStep) });
      bounds.push({ name, steps, nats: natsPerStep * steps, natsPerStep });
    }
    return bounds;
  } finally {
    await evaluator.dispose();
  }
}
