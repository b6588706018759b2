import { VrnnError } from "../errors.ts";

/** Log-likelihoods of a set of sequences, or lower bounds of them, in nats. */
export interface NatsSummary {
  /** Pooled: the sum over all steps of all sequences ÷ the number of steps. A long sequence counts for more. */
  readonly natsPerStep: number;
  /** The mean over sequences of each sequence's total. */
  readonly meanOfSequences: number;
  readonly sequences: number;
  readonly steps: number;
}

/**
 * Summarises the nats of each step of each sequence.
 *
 * @param perStep one array `[length]` for each sequence.
 * @throws VrnnError `metrics/no-steps` when there is nothing to average, `metrics/not-a-number` at the first NaN.
 * @example
 * summariseNats([Float64Array.of(-1, -2, -3), Float64Array.of(-4)]);
 * // { natsPerStep: -2.5, meanOfSequences: -5, sequences: 2, steps: 4 }
 */
export function summariseNats(perStep: readonly Float64Array[]): NatsSummary {
  const steps = perStep.reduce((count, nats) => count + nats.length, 0);
  if (steps === 0) throw new VrnnError("metrics/no-steps", "there is no step to average the nats of");
  perStep.forEach(refuseNaN);
  const total = perStep.reduce((sum, nats) => sum + nats.reduce((part, value) => part + value, 0), 0);
  const sequences = perStep.length;
  return { natsPerStep: total / steps, meanOfSequences: total / sequences, sequences, steps };
}

/**
 * The pooled nats per step: the sum over all steps of all sequences ÷ the number of steps.
 *
 * @throws VrnnError as `summariseNats`.
 * @example
 * pooledNatsPerStep([Float64Array.of(-1, -2, -3), Float64Array.of(-4)]); // -2.5
 */
export function pooledNatsPerStep(perStep: readonly Float64Array[]): number {
  return summariseNats(perStep).natsPerStep;
}

function refuseNaN(nats: Float64Array, sequence: number): void {
  const step = nats.findIndex(Number.isNaN);
  if (step < 0) return;
  throw new VrnnError("metrics/not-a-number", "the log-likelihood is not a number", {
    at: `sequence ${sequence}, step ${step}`,
  });
}
