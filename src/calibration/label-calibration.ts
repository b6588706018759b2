/** Labels put right by what came of them on sequences that training has not seen. */
import type { ToldLabel } from "../metrics/classes.ts";
import { type Certainty, confidenceOf, type Insiders, usualOf } from "./outsiders.ts";
import { fittedTemperature, tempered } from "./temperature.ts";

/** What is learned of a validation split. */
export interface LabelCalibration {
  readonly temperature: number;
  /** Absent where too few sequences have a label to say what is usual. */
  readonly insiders?: Insiders | undefined;
}

/** A sequence whose label is known, what was told of it, and how likely it was found. */
export interface JudgedLabel extends ToldLabel {
  /** Nats per step. */
  readonly nats: number;
}

/** What is usual is learned of so many sequences at least: of fewer the oddest twentieth is hardly one. */
const FEWEST = 20;

/** The temperature of probabilities, and what is usual of sequences that have one of the labels. */
export function learnedLabels(judged: readonly JudgedLabel[]): LabelCalibration {
  const temperature = fittedTemperature(judged);
  const seen = judged
    .map((each) => certaintyOf(each, temperature))
    .filter(({ confidence, nats }) => Number.isFinite(confidence) && Number.isFinite(nats));
  return { temperature, ...(seen.length >= FEWEST && { insiders: usualOf(seen) }) };
}

/** How sure a model is of a sequence, and how likely it finds it. */
export const certaintyOf = (
  { logProb, nats }: Pick<JudgedLabel, "logProb" | "nats">,
  temperature: number,
): Certainty => ({ confidence: confidenceOf(tempered(logProb, temperature)), nats });
