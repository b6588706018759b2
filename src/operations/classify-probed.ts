/** Labels told by what `vrnn probe` learned of encodings. */
import type { Classified } from "../inference/classify.ts";
import { encodeSequences } from "../inference/encode.ts";
import { type ClassSummary, classSummary } from "../metrics/classes.ts";
import { type HeadName, headNames, heads, type Probe, probed } from "../patterns/probe.ts";
import type { Context } from "./context.ts";
import { labelNames } from "./sequence-labels.ts";
import { subjectOf } from "./subject.ts";

/** How it is told. */
export interface ProbedOptions {
  /** A file of labels; the label column of the run unless told. */
  readonly labels: string | undefined;
  readonly samples: number;
  readonly seed: number;
}

/** What was told, and how well each head does where labels are known. */
export interface Probed {
  readonly value: Classified[];
  /** By what each head reads; undefined where no label is known. */
  readonly figures: Readonly<Record<HeadName, ClassSummary>> | undefined;
}

/** Encodes the sequences that were chosen and tells the label of each by every head, as values by the chosen one. */
export async function classifiedBy(
  probe: Probe,
  context: Context,
  { labels: path, samples, seed }: ProbedOptions,
): Promise<Probed> {
  const { settings, sequences, config } = await subjectOf(context, "classify");
  const encoded = await encodeSequences({ ...settings, particles: samples, seed });
  const { columns, model } = settings;
  const seen = { columns, conditions: model.conditions ?? [], encoded };
  const names = (await labelNames(context, config, sequences, path)) ?? [];
  const truths = sequences.map((_, n) => probe.levels.indexOf(names[n] ?? ""));
  const told = new Map(headNames.map((head) => [head, probed(probe, seen, head)]));
  const value = told.get(probe.chosen)!.map((logProb, i): Classified => {
    const predicted = Int32Array.of(logProb.indexOf(Math.max(...logProb)));
    return { name: sequences[i]!.name, logProb, predicted, label: Int32Array.of(truths[i]!) };
  });
  if (truths.every((truth) => truth < 0)) return { value, figures: undefined };
  const figures = [...told].map(([head, rows]) => [head, summaryOf(rows, truths, probe)] as const);
  return { value, figures: Object.fromEntries(figures) as Record<HeadName, ClassSummary> };
}

function summaryOf(
  rows: readonly Float64Array[],
  truths: readonly number[],
  { levels }: Probe,
): ClassSummary {
  const known = rows.flatMap((logProb, i) => (truths[i]! < 0 ? [] : [{ label: truths[i]!, logProb }]));
  return classSummary(known, levels.length)!;
}

/** What each head of a probe is called beside the others. */
export const headWords = (head: HeadName): string => heads[head].what;
