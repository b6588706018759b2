/** The labels of texts, whatever their steps are. */
import { VrnnError } from "../../errors.ts";
import type { SplitName } from "../dataset.ts";
import type { LabelField } from "../fields.ts";
import type { SplitPart } from "../split.ts";
import { levelsOf } from "../tables/kinds.ts";
import { sharesOf } from "../tables/label.ts";

/** A text with what is known of it. */
export interface LabelledText {
  readonly name: string;
  readonly text: string;
  /** Its class; undefined where it is unknown. */
  readonly label?: string | undefined;
  readonly split?: SplitName | undefined;
}

/** The field of labels, and what of each text stands in it. */
export interface TextLabels {
  readonly field: LabelField;
  /** `[1]`, -1 where the label is unknown. */
  valuesOf(text: LabelledText): Int32Array;
  readonly notes: readonly string[];
}

/**
 * The labels of some texts. Levels are those of the training split unless told; a label that it does not hold counts as unknown.
 *
 * @param levels those of a trained model
 * @throws VrnnError `data/only-missing` without a label
 */
export function labelsOf(
  texts: readonly LabelledText[],
  parts: readonly SplitPart[],
  source: string,
  levels?: readonly string[],
): TextLabels {
  const training = parts.filter(({ split }) => split === "train").map(({ index }) => texts[index]!.label);
  const own = levels ?? trainedLevels(training, source);
  const places = new Map(own.map((level, place) => [level, place]));
  const placeOf = (label: string | undefined) => (label === undefined ? -1 : (places.get(label) ?? -1));
  const unseen = texts.filter(({ label }) => label !== undefined && placeOf(label) < 0).length;
  const shares = sharesOf(
    training.map((label) => Int32Array.of(placeOf(label))),
    own.length,
  );
  return {
    field: { kind: "label", role: "label", axis: "none", levels: own, shares },
    valuesOf: ({ label }) => Int32Array.of(placeOf(label)),
    notes: [
      ...(unseen > 0 ? [`labels never seen in training count as unknown (${unseen} texts)`] : []),
      ...labelledNotes(texts, parts, levels === undefined),
    ],
  };
}

/** What is said of labelled texts that are empty, without a label, or that test what was learned word for word. */
function labelledNotes(
  texts: readonly LabelledText[],
  parts: readonly SplitPart[],
  isNew: boolean,
): string[] {
  const empty = texts.filter(({ text }) => text.trim() === "").length;
  const without = texts.filter(({ label }) => label === undefined).length;
  const textsOf = (isOf: (split: SplitName) => boolean) =>
    parts.filter(({ split }) => isOf(split)).map(({ index }) => texts[index]!.text);
  const learned = new Set(textsOf((split) => split === "train"));
  const judged = textsOf((split) => split !== "train");
  const again = judged.filter((text) => learned.has(text)).length;
  return [
    ...(empty > 0 ? [`texts without anything in them: ${empty}`] : []),
    ...(isNew && without > 0
      ? [`texts without a label, which teach by their likelihood alone: ${without}`]
      : []),
    ...(isNew && again > 0
      ? [`${again} of ${judged.length} texts that validate or test stand in training, too, word for word`]
      : []),
  ];
}

function trainedLevels(labels: readonly (string | undefined)[], source: string): readonly string[] {
  const levels = levelsOf(labels.filter((label) => label !== undefined));
  if (levels.length > 0) return levels;
  const remedy = "say which column the labels stand in";
  throw new VrnnError("data/only-missing", "no text of the training split has a label", {
    at: source,
    remedy,
  });
}
