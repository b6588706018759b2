import { cutSource } from "../data/cut-source.ts";
import type { ClassSummary } from "../metrics/classes.ts";
import type { NatsSummary } from "../metrics/nats.ts";
import { capabilitiesOf, type Model } from "../models/model.ts";
import { boundNames, particleOptions } from "../objectives/bounds.ts";
import { boundName, loadObjective, type ObjectiveName, readersOf } from "../objectives/loading.ts";
import type { Objective } from "../objectives/objective.ts";
import { flagName, metaOf, option, usageError } from "../options.ts";
import type { BoundSummary } from "../train/events.ts";
import { aligned } from "../words/aligned.ts";
import { grouped, labelWords, nats } from "../words/figures.ts";
import {
  evaluateEach,
  evaluateRun,
  evaluateRunDynamically,
  type SequenceBound,
} from "../workbench/evaluate.ts";
import * as z from "../zod.ts";
import { againstRow, againstRun } from "./evaluate-against.ts";
import { type Event, note } from "./event.ts";
import { readPath } from "./inputs.ts";
import { hasLabelsBeside, type LabelsBeside, labelsBeside } from "./labels-beside.ts";
import { materialOf } from "./materials/index.ts";
import type { BoundWords } from "./materials/material.ts";
import { operation } from "./usual.ts";
import { working } from "./working.ts";

/** The bound of all sequences together, and of each where that was asked for. */
export interface Evaluated {
  readonly whole: NatsSummary & BoundSummary;
  readonly each: readonly SequenceBound[];
}

export const evaluate = operation({
  input: z.strictObject({
    perSequence: option(z._default(z.boolean(), false), {
      flag: "--per-sequence",
      help: "the bound of each sequence too",
    }),
    bound: option(z.optional(z.enum(boundNames)), {
      flag: "--bound <name>",
      help: `the bound that is told: ${boundNames.join(", ")} (default: that of training)`,
    }),
    ...particleOptions,
    reset: option(z.optional(z.int().check(z.minimum(2))), {
      flag: "--reset <steps>",
      help: "begin anew every so many steps, as windows of transformers do",
    }),
    against: readPath(
      "--against <run>",
      "another run of the same data, such as a twin without latent variables: the difference, with an interval",
    ),
    dynamic: option(z.optional(z.number().check(z.minimum(0), z.maximum(1000))), {
      flag: "--dynamic <rate>",
      help: "dynamic evaluation beside: weights that learn on from what they have told, by steps of this rate",
    }),
    segment: option(z._default(z.int().check(z.minimum(1)), 32), {
      flag: "--segment <steps>",
      help: "how many steps are told between two of these",
    }),
  }),
  output: "figures",
  async *run(
    context,
    { perSequence, reset, dynamic, segment, against: otherRun, ...asked },
    given,
  ): AsyncGenerator<Event<Evaluated>> {
    refuseUnread(asked.bound, Object.keys(given));
    if (dynamic === undefined && "segment" in given)
      throw usageError("option '--segment': there is no dynamic evaluation", "add --dynamic 0.2");
    const trained = await context.run();
    const objective = await askedFor(asked, trained.model);
    const chosen = await context.source();
    const source = reset === undefined ? chosen : cutSource(chosen, reset);
    const runtime = await context.runtime();
    const whole = await evaluateRun(trained, source, runtime, objective);
    const each = perSequence ? await evaluateEach(trained, source, runtime, objective) : [];
    const learning =
      dynamic === undefined
        ? undefined
        : yield* working(
            evaluateRunDynamically(trained, source, runtime, { rate: dynamic, segment }),
            "steps told by weights that learn on",
          );
    const isBeside = whole["accuracy"] !== undefined && (await hasLabelsBeside(context));
    if (isBeside) yield note("TF-IDF with logistic regression is fitted to the same texts, to compare");
    const beside = isBeside ? await labelsBeside(context, chosen) : undefined;
    const against = otherRun === undefined ? undefined : await againstRun(context, source, otherRun);
    const { bound: wordsOf } = await materialOf(context);
    const material = await wordsOf?.(context, source, whole);
    const words = material ?? { unit: "step", baselines: [] };
    const { unit } = words;
    const { natsPerStep, meanOfSequences, sequences, steps } = whole;
    const bound = boundName(asked.bound ?? trained.config.training.objective, trained.model);
    // By the mean of several draws, where there is one: the figure that is held against others.
    const own = beside && labelMeasures(beside.model);
    const { accuracy, crossEntropy } = own ?? whole;
    const labels = labelWords({ ...whole, ...own });
    const pairs = aligned([
      [`${bound} per ${unit}`, `${nats(natsPerStep)} nats`],
      ...sizeRows(words, natsPerStep),
      ...(learning === undefined
        ? []
        : [[`learning on, rate ${dynamic}, per ${unit}`, `${nats(learning.natsPerStep)} nats`]]),
      ...useRows(words),
      ...words.baselines.map(({ name, natsPerStep: own }) => [`${name}, per ${unit}`, `${nats(own)} nats`]),
      [`${bound} per sequence`, `${nats(meanOfSequences)} nats`],
      ["sequences", grouped(sequences)],
      [`${unit}s`, grouped(steps)],
      ...(labels === undefined ? [] : [["labels", labels]]),
      ...(beside === undefined ? [] : besideRows(beside)),
      ...(against === undefined ? [] : [againstRow(against)]),
    ]);
    yield { type: "lines", lines: perSequence ? [...pairs, "", ...boundLines(each)] : pairs };
    const figures = { natsPerStep, meanOfSequences, sequences, steps };
    const told = labels === undefined ? {} : { accuracy, crossEntropy };
    const summary = {
      bound,
      ...objective?.particles,
      ...figures,
      ...told,
      ...(material &&
        measuredBy(
          material,
          { bound: natsPerStep, ...(learning && { dynamic: learning.natsPerStep }) },
          beside,
        )),
      ...(beside && { verdict: beside.verdict, difference: beside.difference }),
      ...(against && { against }),
      ...(reset !== undefined && { reset }),
      ...(learning && { dynamic: { rate: dynamic, segment, natsPerStep: learning.natsPerStep } }),
      ...(perSequence && { perSequence: each }),
    };
    yield { type: "result", value: { whole, each }, summary };
  },
});

/** Nats per character and bits per byte, of what has some: figures that do not depend on what a token is. */
const sizesOf = ({ perByte, perCharacter }: BoundWords, natsPerStep: number): Record<string, number> => ({
  ...(perCharacter !== undefined && { natsPerCharacter: -natsPerStep * perCharacter }),
  ...(perByte !== undefined && { bitsPerByte: (-natsPerStep * perByte) / Math.LN2 }),
});

function sizeRows(words: BoundWords, natsPerStep: number): string[][] {
  const { natsPerCharacter, bitsPerByte } = sizesOf(words, natsPerStep);
  return [
    ...(natsPerCharacter === undefined || words.unit === "character"
      ? []
      : [["nats per character", natsPerCharacter.toFixed(3)]]),
    ...(bitsPerByte === undefined ? [] : [["bits per byte", bitsPerByte.toFixed(3)]]),
  ];
}

/** How latent variables are used, where there are some. */
const useRows = ({ use, unit }: BoundWords): string[][] =>
  use === undefined
    ? []
    : [
        [`divergence per ${unit}`, `${nats(use.kl)} nats`],
        ["active latent variables", `${use.activeUnits} of ${use.latents}`],
        ["mutual information", `${nats(use.mutualInformation)} nats`],
      ];

/** For programs: the loss by the measures that compare across tokens, of the model and of each rule. */
function measuredBy(
  words: BoundWords,
  { bound, dynamic }: { readonly bound: number; readonly dynamic?: number },
  labels: LabelsBeside | undefined,
) {
  const measures = (natsPerStep: number) => ({ natsPerStep: -natsPerStep, ...sizesOf(words, natsPerStep) });
  const { use, baselines } = words;
  return {
    ...sizesOf(words, bound),
    metric: {
      ...measures(bound),
      ...(dynamic !== undefined && { dynamic: measures(dynamic) }),
      ...use,
      ...(labels && labelMeasures(labels.model)),
    },
    baselines: {
      ...Object.fromEntries(baselines.map(({ name, natsPerStep }) => [name, measures(natsPerStep)])),
      ...(labels && { [TF_IDF]: labelMeasures(labels.tfIdf) }),
    },
  };
}

const TF_IDF = "TF-IDF, logistic regression";

const labelMeasures = ({ accuracy, logLoss }: ClassSummary) => ({ accuracy, crossEntropy: logLoss });

/** The linear model beside, and whether the difference is one. */
function besideRows({ tfIdf, difference: { difference, pValue }, verdict }: LabelsBeside): string[][] {
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

/** Refuses options of a bound that was not asked for. */
function refuseUnread(bound: ObjectiveName | undefined, keys: readonly string[]): void {
  for (const [key, schema] of Object.entries(particleOptions)) {
    const readers = readersOf(key);
    if (!keys.includes(key) || (bound !== undefined && readers.includes(bound))) continue;
    const flag = flagName(metaOf(schema).flag ?? key);
    throw usageError(
      `option '${flag}': ${bound === undefined ? "no other bound is asked for" : `the bound ${bound} does not read it`}`,
      `choose --bound ${readers.join(" or ")}`,
    );
  }
}

/** The bound that was asked for, if any. @throws VrnnError `usage/option` for a model whose likelihood needs none */
async function askedFor(
  { bound, ...options }: { readonly bound?: ObjectiveName | undefined },
  model: Model,
): Promise<Objective | undefined> {
  if (bound === undefined) return undefined;
  if (capabilitiesOf(model).exact)
    throw usageError("option '--bound' has no effect: the likelihood of the model is exact", "leave it out");
  return (await loadObjective(bound))(options);
}

function boundLines(each: readonly SequenceBound[]): string[] {
  const rows = each.map((one) => [one.name, grouped(one.steps), nats(one.natsPerStep), nats(one.nats)]);
  return aligned([["sequence", "steps", "nats per step", "nats"], ...rows]);
}
