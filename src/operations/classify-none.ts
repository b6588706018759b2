/** Which sequences are of none of the labels that were learned. */
import { certaintyOf, type LabelCalibration } from "../calibration/label-calibration.ts";
import { oddestOf, oddnessOf } from "../calibration/outsiders.ts";
import type { Classified } from "../inference/classify.ts";
import { auroc } from "../metrics/auroc.ts";
import type { NoneOfThese } from "../tables/classes-table.ts";
import { counted, percent } from "../words/figures.ts";
import type { Context } from "./context.ts";

/**
 * How odd each sequence is, and whether it is odder than all but a share of those of the validation split; undefined where that has too few labels.
 *
 * @param told before their probabilities are put right @param nats per step, of each
 */
export function noneOfThese(
  { temperature, insiders }: LabelCalibration,
  told: readonly Classified[],
  nats: ArrayLike<number>,
  share: number,
): NoneOfThese | undefined {
  if (insiders === undefined) return undefined;
  const limit = oddestOf(insiders, share);
  const oddness = told.map(({ logProb }, i) =>
    oddnessOf(certaintyOf({ logProb, nats: nats[i]! }, temperature), insiders),
  );
  return { oddness, isNone: oddness.map((each) => each > limit) };
}

/** How well those are found whose labels training has never seen. */
export interface Strangers {
  readonly strangers: number;
  /** The area under the curve of the oddness of strangers among all others. */
  readonly auroc: number;
  /** The shares of strangers that were told to be of none, and of those told so that are. */
  readonly recall: number;
  readonly precision: number;
}

/** Of the texts that have a label; undefined where none of these is new, or all are. */
export async function strangersOf(
  { files, run }: Context,
  told: readonly Classified[],
  { oddness, isNone }: NoneOfThese,
  levels: readonly string[],
): Promise<Strangers | undefined> {
  if (files === undefined || (await run()).config.fields["x"]?.kind !== "tokens") return undefined;
  const texts = await files.labelledTexts();
  const judged = told.flatMap(({ name }, i) => {
    const label = texts.get(name)?.label;
    return label === undefined
      ? []
      : [{ isStrange: !levels.includes(label), oddness: oddness[i]!, isNone: isNone[i]! }];
  });
  const strangers = judged.filter(({ isStrange }) => isStrange);
  if (strangers.length === 0 || strangers.length === judged.length) return undefined;
  const found = strangers.filter((each) => each.isNone).length;
  const area = auroc(
    judged.map((each) => each.oddness),
    judged.map(({ isStrange }) => isStrange),
  );
  return {
    ...{ strangers: strangers.length, auroc: area, recall: found / strangers.length },
    precision: found / Math.max(1, judged.filter((each) => each.isNone).length),
  };
}

/** What there is to say of them. */
export const strangerLines = ({ strangers, auroc, recall, precision }: Strangers): string[] => [
  "",
  `${counted(strangers, "sequence")} with labels never seen: AUROC ${auroc.toFixed(3)}, ${percent(recall)} of them told to be none of these, ${percent(precision)} of those told so are`,
];

/** What there is to say of what the validation split taught, or could not. */
export function learnedLines(learned: LabelCalibration | undefined, none: NoneOfThese | undefined): string[] {
  if (learned === undefined)
    return [
      "probabilities are the model's own: no label of the validation split is at hand to put them right by",
    ];
  const odd = none
    ? `${none.isNone.filter(Boolean).length} of ${none.isNone.length} are odd enough to be none of these (--none)`
    : "it has too few labels to say what is none of these";
  return [
    `probabilities are those of the temperature ${learned.temperature.toFixed(2)}, which the validation split taught; ${odd}`,
  ];
}
