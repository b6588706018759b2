/** What rules tell of the labels of texts, beside a model, on the same texts. */
import { TfIdf } from "../baselines/tf-idf.ts";
import type { SequenceSource } from "../data/source.ts";
import type { LabelledText } from "../data/text/text-dataset.ts";
import { classifySequences } from "../inference/classify.ts";
import { type ClassSummary, classSummary, type ToldLabel } from "../metrics/classes.ts";
import { mcnemar, type PairedAccuracy } from "../metrics/mcnemar.ts";
import type { Verdict } from "../metrics/verdict.ts";
import { labelOfRun } from "../run/run-fields.ts";
import type { Context } from "./context.ts";

/** The model beside a linear one of words and letters. */
export interface LabelsBeside {
  readonly model: ClassSummary;
  readonly tfIdf: ClassSummary;
  /** How often the model is right less how often that is. */
  readonly difference: PairedAccuracy;
  readonly verdict: Verdict;
}

/** Of two ways that are right alike chance may favour either, below this. */
const SURE = 0.05;

/** The penalties that are tried on validation; the first where there is none, or where a fit takes minutes. */
const PENALTIES = [10, 3, 30];
/** So many texts times labels are quickly fitted. */
const QUICK = 200_000;

/** Whether there is anything to be held against them: texts whose labels a model tells. */
export async function hasLabelsBeside({ files, run }: Context): Promise<boolean> {
  const { config, model } = await run();
  return files !== undefined && config.fields["x"]?.kind === "tokens" && model.readout?.over === "sequence";
}

/**
 * What TF-IDF and logistic regression tell, learned from the run's own training split, of the texts that are told labels of.
 * Undefined where there are no texts, their labels are not known, or the run's own data are no longer to be read.
 */
export async function labelsBeside(
  context: Context,
  source: SequenceSource,
): Promise<LabelsBeside | undefined> {
  const { config, model, weights } = await context.run();
  const { files } = context;
  const levels = labelOfRun(config)?.levels;
  if (files === undefined || levels === undefined) return undefined;
  const splits = await files.ownSplits();
  if (splits === undefined) return undefined;
  const own = await files.labelledTexts(config.data.path);
  const judged = await files.labelledTexts();
  const train = await knownIn(splits.train, own, levels);
  const texts = await knownIn(source, judged, levels);
  if (train.length === 0 || texts.length === 0) return undefined;
  const rule = chosenRule(train, await knownIn(splits.valid, own, levels), levels.length);
  const settings = { runtime: await context.runtime(), model, weights, fields: config.fields, source };
  const byName = new Map(
    (await classifySequences({ ...settings, seed: config.training.seed })).map((told) => [told.name, told]),
  );
  const ofModel = texts.map(({ name, label }) => ({ label, logProb: byName.get(name)!.logProb }));
  const ofRule = texts.map((text) => toldBy(rule, text));
  const isRight = ({ label, logProb }: ToldLabel) =>
    Array.from(logProb).every((each, l) => l === label || each < logProb[label]!);
  const difference = mcnemar(ofModel.map(isRight), ofRule.map(isRight));
  return {
    model: classSummary(ofModel, levels.length)!,
    tfIdf: classSummary(ofRule, levels.length)!,
    difference,
    verdict: difference.pValue >= SURE ? "level" : difference.difference > 0 ? "ahead" : "behind",
  };
}

/** A text whose label is one of those that were learned. */
interface Known {
  readonly name: string;
  readonly text: string;
  readonly label: number;
}

async function knownIn(
  source: SequenceSource,
  texts: ReadonlyMap<string, LabelledText>,
  levels: readonly string[],
): Promise<Known[]> {
  return (await source.index()).flatMap(({ name }) => {
    const found = texts.get(name);
    const label = levels.indexOf(found?.label ?? "");
    return found === undefined || label < 0 ? [] : [{ name, text: found.text, label }];
  });
}

/** The rule of the penalty that does best on validation, learned from what trains. */
function chosenRule(train: readonly Known[], valid: readonly Known[], levels: number): TfIdf {
  const fitted = (inverseRegularisation: number) =>
    TfIdf.fit(
      train.map(({ text }) => text),
      train.map(({ label }) => label),
      { inverseRegularisation, levels },
    );
  const rightOf = (rule: TfIdf) => valid.filter(({ text, label }) => rule.classOf(text) === label).length;
  let best = fitted(PENALTIES[0]!);
  if (valid.length === 0 || train.length * levels > QUICK) return best;
  let most = rightOf(best);
  for (const penalty of PENALTIES.slice(1)) {
    const other = fitted(penalty); // large where labels are many: two are kept at a time
    const right = rightOf(other);
    if (right > most) [best, most] = [other, right];
  }
  return best;
}

const toldBy = (rule: TfIdf, { text, label }: Known): ToldLabel => ({
  label,
  logProb: rule.probabilities(text).map(Math.log),
});
