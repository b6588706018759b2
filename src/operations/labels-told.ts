/** What rules tell of the labels of texts, beside a model, on the same texts. */
import { TfIdf } from "../baselines/tf-idf.ts";
import { isEncoded } from "../data/encoded.ts";
import type { SequenceSource } from "../data/source.ts";
import type { LabelledText } from "../data/text/label-field.ts";
import { classifySequences } from "../inference/classify.ts";
import { type ClassSummary, classSummary, type ToldLabel } from "../metrics/classes.ts";
import { mcnemar, type PairedAccuracy } from "../metrics/mcnemar.ts";
import type { Verdict } from "../metrics/verdict.ts";
import type { RunConfig } from "../run/run-config.ts";
import { labelOfRun } from "../run/run-fields.ts";
import { type Context, filesOf } from "./context.ts";

/** What a model tells of the labels of whole sequences, by the mean of several draws, as `classify` does. */
export interface LabelsTold {
  readonly model: ClassSummary;
  /** Of texts whose run's own data are to be read: a linear model of words and letters. */
  readonly beside?: LabelsBeside;
}

/** A linear model of the same texts. */
export interface LabelsBeside {
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

/** Whether labels of whole texts are told, beside which a linear model is to be fitted. */
export async function hasLabelsBeside({ files, run }: Context): Promise<boolean> {
  const { config, model } = await run();
  return files !== undefined && isOfTexts(config) && model.readout?.over === "sequence";
}

/** Of tokens, or of what an encoder tells of them. */
const isOfTexts = ({ fields: { x }, modality }: RunConfig): boolean =>
  x?.kind === "tokens" || isEncoded(modality);

/** What a model tells of labels, with a linear model beside of texts; undefined where it tells none of whole sequences, or none are known. */
export async function labelsTold(context: Context, source: SequenceSource): Promise<LabelsTold | undefined> {
  const { config, model, weights } = await context.run();
  const levels = labelOfRun(config)?.levels;
  if (levels === undefined || model.readout?.over !== "sequence") return undefined;
  const settings = { runtime: await context.runtime(), model, weights, fields: config.fields, source };
  const classified = await classifySequences({ ...settings, seed: config.training.seed });
  const told = new Map(
    classified
      .map(({ name, label, logProb }) => [name, { label: label[0]!, logProb }] as const)
      .filter(([, { label }]) => label >= 0),
  );
  const summary = classSummary(told.values(), levels.length);
  if (summary === undefined) return undefined;
  const beside = (await hasLabelsBeside(context))
    ? await linearBeside(context, source, told, levels)
    : undefined;
  return { model: summary, ...(beside && { beside }) };
}

/**
 * What TF-IDF and logistic regression tell, learned from the run's own training split, of the texts that are told labels of.
 * Undefined where the run's own data are no longer to be read.
 */
async function linearBeside(
  context: Context,
  source: SequenceSource,
  told: ReadonlyMap<string, ToldLabel>,
  levels: readonly string[],
): Promise<LabelsBeside | undefined> {
  const files = filesOf(context);
  const splits = await files.ownSplits();
  if (splits === undefined) return undefined;
  const own = await files.labelledTexts((await context.run()).config.data.path);
  const train = await knownIn(splits.train, own, levels);
  const texts = (await knownIn(source, await files.labelledTexts(), levels)).filter(({ name }) =>
    told.has(name),
  );
  if (train.length === 0 || texts.length === 0) return undefined;
  const rule = chosenRule(train, await knownIn(splits.valid, own, levels), levels.length);
  const ofRule = texts.map((text) => toldBy(rule, text));
  const isRight = ({ label, logProb }: ToldLabel) =>
    Array.from(logProb).every((each, l) => l === label || each < logProb[label]!);
  const difference = mcnemar(
    texts.map(({ name }) => isRight(told.get(name)!)),
    ofRule.map(isRight),
  );
  return {
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
