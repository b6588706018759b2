/** Who takes part in a comparison. */
import type { ModalityName } from "../data/modality.ts";
import { materialWords } from "../data/option-materials.ts";
import type { FamilyName } from "../models/loading.ts";
import { familyNames, loadFamily } from "../models/loading.ts";
import type { Event } from "../operations/event.ts";
import { shapeOf, usageError } from "../options.ts";
import { didYouMean } from "../words/nearest.ts";
import { CrpsTally, natsOfStretches, plansOf } from "./exam.ts";
import type { Result } from "./kept.ts";
import { type Lesson, learnt } from "./learnt.ts";
import { type RuleName, ruleNames, rules, TRIVIAL } from "./rules.ts";

/** A model that takes part. */
export interface Contender {
  readonly name: string;
  /** Whether it takes its budget: rules are fitted in a moment. */
  readonly isLearnt: boolean;
  /** Whether it can tell columns in several ways. */
  readonly isTold: boolean;
  /** What it comes to; undefined when it was asked to stop. */
  compete(lesson: Lesson): AsyncGenerator<Event<never>, Result | undefined>;
}

/** Who takes part where nobody is named, of those that there are. */
const USUAL = ["vrnn", "srnn", "storn", "dmm", "rnn", "hmm", "kalman", "var"];

const isFamily = (name: string): name is FamilyName => (familyNames as readonly string[]).includes(name);
const isRule = (name: string): name is RuleName => (ruleNames as readonly string[]).includes(name);

/**
 * Makes sure that all names are known, before anything is read.
 *
 * @throws VrnnError `usage/option`
 */
export function requireKnown(names: readonly string[]): void {
  const known = [...familyNames, ...ruleNames];
  const unknown = names.find((name) => !known.includes(name as FamilyName));
  if (unknown !== undefined)
    throw usageError(`option '--models': there is no model "${unknown}"`, didYouMean(unknown, known));
}

/**
 * Those who take part; the rule that is always there last.
 *
 * @param names those that were asked for; the usual ones that model such data unless told
 * @throws VrnnError `usage/option` for a family that does not model the material
 */
export async function contendersOf(
  names: readonly string[] | undefined,
  material: ModalityName,
): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  for (const name of new Set(names ?? USUAL)) {
    if (isRule(name) && name !== TRIVIAL) contenders.push(ruleContender(name));
    if (!isFamily(name)) continue;
    const { materials, options } = await loadFamily(name);
    if (materials.includes(material)) contenders.push(familyContender(name, "center" in shapeOf(options)));
    else if (names !== undefined) throw otherMaterial(name, materials, material);
  }
  return [...contenders, ruleContender(TRIVIAL)];
}

const otherMaterial = (name: string, materials: readonly ModalityName[], material: ModalityName) =>
  usageError(
    `option '--models': ${name} models ${materialWords(materials)}, not ${materialWords([material])}`,
    "leave it out",
  );

const familyContender = (name: FamilyName, isTold: boolean): Contender => ({
  name,
  isLearnt: true,
  isTold,
  compete: (lesson) => learnt(name, lesson),
});

const ruleContender = (name: RuleName): Contender => ({
  name,
  isLearnt: false,
  isTold: false,
  compete: (lesson) => fitted(name, lesson),
});

/** A rule is fitted and judged at once. */
async function* fitted(name: RuleName, { data, exam }: Lesson): AsyncGenerator<never, Result> {
  const marks = [performance.now()];
  const mark = () => void marks.push(performance.now());
  const { told, forecaster, parameters, settings } = rules[name].fit(data);
  mark();
  const { test } = data.splits;
  const nats = natsOfStretches(exam, test.map(told.logLikelihood));
  mark();
  const tally = new CrpsTally(exam);
  const width = exam.columns.length;
  for (const { sequence, origins } of plansOf(exam, test))
    for (const origin of origins) {
      const past = { values: sequence.values.subarray(0, origin * width), width };
      tally.add(sequence, origin, forecaster.forecast(past, exam.horizons.at(-1)!));
    }
  mark();
  const [trainSeconds, scoreSeconds, forecastSeconds] = marks
    .slice(1)
    .map((at, k) => (at - marks[k]!) / 1000);
  return {
    ...{ name, parameters, settings, nats, isBound: false, crps: tally.levels() },
    trainSeconds: trainSeconds!,
    scoreSeconds: scoreSeconds!,
    forecastSeconds: forecastSeconds!,
  };
}
