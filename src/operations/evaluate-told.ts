/** How an evaluation is told: lines for people, an object for programs. */
import type { ClassSummary } from "../metrics/classes.ts";
import type { NatsSummary } from "../metrics/nats.ts";
import type { ParticleOptions } from "../models/particle-unroll.ts";
import type { BoundSummary } from "../train/events.ts";
import { aligned } from "../words/aligned.ts";
import { grouped, labelWords, nats } from "../words/figures.ts";
import type { SequenceBound } from "../workbench/evaluate.ts";
import { besideWords, type Compared } from "./evaluate-against.ts";
import type { LabelsBeside, LabelsTold } from "./labels-told.ts";
import type { BoundWords } from "./materials/material.ts";

/** What an evaluation found. */
export interface EvaluationTold extends Compared {
  /** What the nats of the run are called. */
  readonly bound: string;
  readonly particles?: ParticleOptions;
  readonly whole: NatsSummary & BoundSummary;
  /** Of each sequence, where that was asked for. */
  readonly each: readonly SequenceBound[];
  readonly labels?: LabelsTold | undefined;
  /** Of what has more to say than nats per step. */
  readonly words?: BoundWords | undefined;
  /** By weights that learn on. */
  readonly learning?: { readonly rate: number; readonly segment: number; readonly natsPerStep: number };
  /** After how many steps it began anew. */
  readonly reset?: number;
}

const TF_IDF = "TF-IDF, logistic regression";
/** Rules and the twin, by what they are called. */
const rivalsOf = ({ rules, twin }: Pick<EvaluationTold, "rules" | "twin">) => [
  ...rules,
  ...(twin ? [{ ...twin, name: "without latent variables" }] : []),
];

/** Lines for people: a table of figures, and of the sequences where they were asked for. */
export function linesTold(told: EvaluationTold): string[] {
  const { bound, whole, each, words, reset } = told;
  const unit = words?.unit ?? "step";
  const { natsPerStep, meanOfSequences, sequences, steps } = whole;
  const pairs = aligned([
    [`${bound} per ${unit}`, `${nats(natsPerStep)} nats`],
    ...sizeRows(words, natsPerStep),
    ...learningRows(told, unit),
    ...useRows(words),
    ...besideRows(told, unit),
    [`${bound} per ${reset === undefined ? "sequence" : "window"}`, `${nats(meanOfSequences)} nats`],
    [reset === undefined ? "sequences" : `windows of ${reset} ${unit}s`, grouped(sequences)],
    [`${unit}s`, grouped(steps)],
    ...labelRows(told),
  ]);
  return each.length > 0 ? [...pairs, "", ...eachLines(each)] : pairs;
}

/** Nats per character, bits per byte and per sample, of what has some: figures that do not depend on what a step is. */
const sizesOf = (words: BoundWords | undefined, natsPerStep: number): Record<string, number> => ({
  ...(words?.perCharacter !== undefined && { natsPerCharacter: -natsPerStep * words.perCharacter }),
  ...(words?.perByte !== undefined && { bitsPerByte: (-natsPerStep * words.perByte) / Math.LN2 }),
  ...(words?.perSample !== undefined && { bitsPerSample: (-natsPerStep * words.perSample) / Math.LN2 }),
});

function sizeRows(words: BoundWords | undefined, natsPerStep: number): string[][] {
  const { natsPerCharacter, bitsPerByte, bitsPerSample } = sizesOf(words, natsPerStep);
  return [
    ...(natsPerCharacter === undefined || words?.unit === "character"
      ? []
      : [["nats per character", natsPerCharacter.toFixed(3)]]),
    ...(bitsPerByte === undefined ? [] : [["bits per byte", bitsPerByte.toFixed(3)]]),
    ...(bitsPerSample === undefined ? [] : [["bits per sample of 16", bitsPerSample.toFixed(3)]]),
  ];
}

const learningRows = ({ learning }: EvaluationTold, unit: string): string[][] =>
  learning === undefined
    ? []
    : [[`learning on, rate ${learning.rate}, per ${unit}`, `${nats(learning.natsPerStep)} nats`]];

/** How latent variables are used, where there are some. */
const useRows = (words: BoundWords | undefined): string[][] =>
  words?.use === undefined
    ? []
    : [
        [`divergence per ${words.unit}`, `${nats(words.use.kl)} nats`],
        ["active latent variables", `${words.use.activeUnits} of ${words.use.latents}`],
        ["mutual information", `${nats(words.use.mutualInformation)} nats`],
      ];

/** What stands beside, each with what the run is beside it. */
function besideRows({ against, ...told }: EvaluationTold, unit: string): string[][] {
  const all = [...rivalsOf(told), ...(against ? [{ ...against, name: against.run }] : [])];
  return all.flatMap((each) => [
    [`${each.name}, per ${unit}`, `${nats(each.natsPerStep)} nats`],
    ["  the run beside that", besideWords(each)],
  ]);
}

function labelRows({ labels, whole }: EvaluationTold): string[][] {
  const words = labelWords({ ...whole, ...(labels && labelMeasures(labels.model)) });
  if (words === undefined) return [];
  return [["labels", words], ...(labels?.beside === undefined ? [] : linearRows(labels.beside))];
}

/** The linear model beside, and whether the difference is one. */
function linearRows({ tfIdf, difference: { difference, pValue }, verdict }: LabelsBeside): string[][] {
  const words = labelWords({ accuracy: tfIdf.accuracy, crossEntropy: tfIdf.logLoss });
  const points = `${difference > 0 ? "+" : ""}${(100 * difference).toFixed(1)} points`;
  return [
    [TF_IDF, words!],
    [
      "the model beside that",
      `${verdict}: ${points}, p ${pValue < 0.001 ? "below 0.001" : pValue.toFixed(3)} (McNemar)`,
    ],
  ];
}

const labelMeasures = ({ accuracy, logLoss }: ClassSummary) => ({ accuracy, crossEntropy: logLoss });

function eachLines(each: readonly SequenceBound[]): string[] {
  const rows = each.map((one) => [one.name, grouped(one.steps), nats(one.natsPerStep), nats(one.nats)]);
  return aligned([["sequence", "steps", "nats per step", "nats"], ...rows]);
}

/** The same for programs. */
export function summaryTold(told: EvaluationTold): object {
  const { bound, particles, whole, each, labels, words, learning, reset, against, twin } = told;
  const { natsPerStep, meanOfSequences, sequences, steps, accuracy, crossEntropy } = whole;
  const ofLabels = accuracy === undefined ? {} : { accuracy, crossEntropy };
  return {
    bound,
    ...particles,
    ...{ natsPerStep, meanOfSequences, sequences, steps },
    ...ofLabels,
    ...(labels && labelMeasures(labels.model)),
    ...((words || labels) && measuredBy(told)),
    ...(labels?.beside && { verdict: labels.beside.verdict, difference: labels.beside.difference }),
    ...(twin && { twin }),
    ...(against && { against }),
    ...(reset !== undefined && { reset }),
    ...(learning && { dynamic: learning }),
    ...(each.length > 0 && { perSequence: each }),
  };
}

/** The loss by the measures that compare across tokens, of the model and of each rule. */
function measuredBy({ words, whole, learning, labels, ...told }: EvaluationTold) {
  const measures = (natsPerStep: number) => ({ natsPerStep: -natsPerStep, ...sizesOf(words, natsPerStep) });
  return {
    ...sizesOf(words, whole.natsPerStep),
    metric: {
      ...measures(whole.natsPerStep),
      ...(learning && { dynamic: measures(learning.natsPerStep) }),
      ...words?.use,
      ...(labels && labelMeasures(labels.model)),
    },
    baselines: {
      ...Object.fromEntries(
        rivalsOf(told).map(({ name, natsPerStep, difference, interval, verdict }) => [
          name,
          { ...measures(natsPerStep), difference, interval, verdict },
        ]),
      ),
      ...(labels?.beside && { [TF_IDF]: labelMeasures(labels.beside.tfIdf) }),
    },
  };
}
