/** Labels put right by what came of them on sequences that training has not seen. */
import type { ToldLabel } from "../metrics/classes.ts";
import { type Certainty, confidenceOf, type Insiders, usualOf } from "./outsiders.ts";
import { fittedTemperature, tempered } from "./temperature.ts";

/** What is learned of a validation split. */
export interface LabelCalibration {
  readonly temperature: number;
  readonly insiders: Insiders;
}

/** A sequence whose label is known, what was told of it, and how likely it was found. */
export interface JudgedLabel extends ToldLabel {
  /** Nats per step. */
  readonly nats: number;
}

/**
 * The temperature of probabilities, and what is usual of sequences that have one of the labels.
 *
 * @param judged one at least
 */
export function learnedLabels(judged: readonly JudgedLabel[]): LabelCalibration {
  const temperature = fittedTemperature(judged);
  return { temperature, insiders: usualOf(judged.map((each) => certaintyOf(each, temperature))) };
}

/** How sure a model is of a sequence, and how likely it finds it. */
export const certaintyOf = (
  { logProb, nats }: Pick<JudgedLabel, "logProb" | "nats">,
  temperature: number,
): Certainty => ({ confidence: confidenceOf(tempered(logProb, temperature)), nats });
