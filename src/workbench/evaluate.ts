import type { Sequence } from "../data/dataset.ts";
import { sequenceSource } from "../data/field-dataset.ts";
import type { Fields } from "../data/fields.ts";
import { onlySequence, type SequenceSource } from "../data/source.ts";
import { requireFinite } from "../inference/finite.ts";
import type { NatsSummary } from "../metrics/nats.ts";
import type { TrainedModel } from "../run/run.ts";
import { type Runtime, scalarValue } from "../runtime/runtime.ts";
import { Evaluator } from "../train/evaluate.ts";
import type { BoundSummary } from "../train/events.ts";
import { objectiveOf } from "../train/options.ts";

/**
 * The bound of some sequences under the weights of a run: the same figure that training reports for them.
 *
 * @throws VrnnError `task/not-finite`
 */
export async function evaluateRun(
  { config, model, weights }: TrainedModel,
  sequences: readonly Sequence[] | SequenceSource,
  runtime: Runtime,
): Promise<NatsSummary & BoundSummary> {
  const fields: Fields = config.fields;
  const source = sequenceSource(sequences, fields);
  const evaluator = await Evaluator.create(
    runtime,
    model,
    fields,
    await objectiveOf(config.training),
    config.training,
  );
  try {
    const bound = await evaluator.bound(weights, source);
    requireFinite({ [config.training.objective]: scalarValue(bound.natsPerStep) });
    const index = await source.index();
    const steps = index.reduce((sum, { length }) => sum + length, 0);
    const meanOfSequences = (bound.natsPerStep * steps) / index.length;
    return { ...bound, meanOfSequences, sequences: index.length, steps };
  } finally {
    await evaluator.dispose();
  }
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
 * @throws VrnnError `task/not-finite`
 */
export async function evaluateEach(
  { config, model, weights }: TrainedModel,
  sequences: readonly Sequence[] | SequenceSource,
  runtime: Runtime,
): Promise<SequenceBound[]> {
  const fields: Fields = config.fields;
  const source = sequenceSource(sequences, fields);
  const evaluator = await Evaluator.create(
    runtime,
    model,
    fields,
    await objectiveOf(config.training),
    config.training,
  );
  try {
    const bounds: SequenceBound[] = [];
    for (const [i, { name, length: steps }] of (await source.index()).entries()) {
      const { natsPerStep } = await evaluator.bound(weights, onlySequence(source, i));
      requireFinite({ [config.training.objective]: scalarValue(natsPerStep) });
      bounds.push({ name, steps, nats: natsPerStep * steps, natsPerStep });
    }
    return bounds;
  } finally {
    await evaluator.dispose();
  }
}
