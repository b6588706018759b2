/** Which sequences are of none of the labels that were learned. */
import { certaintyOf, type LabelCalibration } from "../calibration/label-calibration.ts";
import { oddestOf, oddnessOf } from "../calibration/outsiders.ts";
import type { Classified } from "../inference/classify.ts";
import { auroc } from "../metrics/auroc.ts";
import type { NoneOfThese } from "../tables/classes-table.ts";
import { counted, percent } from "../words/figures.ts";
import type { Context } from "./context.ts";

/**
 * How odd each sequence is, and whether it is odder than all but a share of those of the validation split.
 *
 * @param told before their probabilities are put right @param nats per step, of each
 */
export function noneOfThese(
  { temperature, insiders }: LabelCalibration,
  told: readonly Classified[],
  nats: readonly number[],
  share: number,
): NoneOfThese {
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

/** Undefined where no text has a label that training has not, or all have. */
export async function strangersOf(
  { files, run }: Context,
  told: readonly Classified[],
  { oddness, isNone }: NoneOfThese,
  levels: readonly string[],
): Promise<Strangers | undefined> {
  if (files === undefined || (await run()).config.modality.name !== "text") return undefined;
  const texts = await files.labelledTexts();
  const isStrange = told.map(({ name }) => {
    const label = texts.get(name)?.label;
    return label !== undefined && !levels.includes(label);
  });
  const strangers = isStrange.filter(Boolean).length;
  if (strangers === 0 || strangers === told.length) return undefined;
  const found = isStrange.filter((each, i) => each && isNone[i]).length;
  return {
    ...{ strangers, auroc: auroc(oddness, isStrange), recall: found / strangers },
    precision: found / Math.max(1, isNone.filter(Boolean).length),
  };
}

/** What there is to say of them. */
export const strangerLines = ({ strangers, auroc, recall, precision }: Strangers): string[] => [
  "",
  `${counted(strangers, "sequence")} with labels never seen: AUROC ${auroc.toFixed(3)}, ${percent(recall)} of them told to be none of these, ${percent(precision)} of those told so are`,
];

/** What there is to say of what the validation split taught. */
export function learnedLines(learned: LabelCalibration | undefined, none: NoneOfThese | undefined): string[] {
  if (learned === undefined || none === undefined) return [];
  const { temperature } = learned;
  return [
    `probabilities are those of the temperature ${temperature.toFixed(2)}, which the validation split taught; ${none.isNone.filter(Boolean).length} of ${none.isNone.length} are odd enough to be none of these (--none)`,
  ];
}
