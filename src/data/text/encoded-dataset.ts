/** Texts that an encoder has read, with their labels, as a data set. */
import { VrnnError } from "../../errors.ts";
import { listed } from "../../words/figures.ts";
import type { Frames } from "../audio/frames.ts";
import type { FieldDataset } from "../field-dataset.ts";
import type { ColumnsField, LabelField } from "../fields.ts";
import { memorySplits } from "../memory-dataset.ts";
import type { MemorySequence } from "../source.ts";
import { modelledColumns } from "../speech/columns.ts";
import type { SplitShares } from "../split.ts";
import { checkedLevels } from "../tables/label.ts";
import type { TextEncoderKnowledge } from "./encoder-knowledge.ts";
import type { LabelledText } from "./label-field.ts";
import { labelsOf } from "./label-field.ts";
import { planOf } from "./text-dataset.ts";

/** The fields of such texts. */
export type EncodedFields = { readonly x: ColumnsField; readonly label: LabelField };

/** A text, and what was told of it. */
export interface ReadText extends LabelledText {
  /** `[T, E]` */
  readonly steps: Frames;
}

/** How they become a data set. */
export interface EncodedOptions {
  readonly encoder: TextEncoderKnowledge;
  readonly split?: SplitShares | undefined;
  /** Deals texts out in a random order of this seed. */
  readonly shuffle?: number | undefined;
  /** Of a trained model. */
  readonly known?: EncodedFields | undefined;
}

/**
 * A data set of texts that are classed, of two fields: the target `x`, the columns that an encoder tells of each token, and `label`.
 *
 * @param source where the texts come from, for messages
 * @throws VrnnError `data/empty-file`, `data/split`, `data/no-training`, `data/only-missing` without a label
 */
export function encodedDataset(
  read: readonly ReadText[],
  source: string,
  { encoder, split, shuffle, known }: EncodedOptions,
): FieldDataset {
  const lengths = read.map(({ steps }) => steps.length);
  const width = read.find(({ steps }) => steps.length > 0)?.steps.width;
  if (width === undefined) throw nothingRead(source);
  const plan = planOf(read, lengths, source, {
    ...{ split, shuffle, isClosed: true, isTrained: known !== undefined },
  });
  // Left out behind the plan: the others are dealt out as they are where no encoder reads them.
  const parts = plan.parts.filter(({ index }) => lengths[index]! > 0);
  const label = labelsOf(read, parts, source, known?.label.levels);
  if (known === undefined) checkedLevels(label.field.levels, source);
  const values = read.map(({ steps }) => Float64Array.from(steps.values));
  const training = parts.filter((part) => part.split === "train").map(({ index }) => values[index]!);
  const fields: EncodedFields = known ?? {
    x: {
      ...{ kind: "columns", role: "target", axis: "T" },
      columns: modelledColumns("encoded", training, width),
    },
    label: label.field,
  };
  const sequences = read.map(
    (text, i): MemorySequence => ({
      name: text.name,
      length: text.steps.length,
      values: { x: values[i]!, label: label.valuesOf(text) },
    }),
  );
  return {
    modality: { name: "text", encoder },
    fields,
    splits: memorySplits(sequences, parts, fields),
    notes: [...emptyNotes(read), ...plan.notes, ...label.notes],
  };
}

function emptyNotes(texts: readonly ReadText[]): string[] {
  const empty = texts.filter(({ steps }) => steps.length === 0).map(({ name }) => name);
  return empty.length === 0 ? [] : [`left out, as they hold no token: ${listed(empty, 10)}`];
}

const nothingRead = (at: string): VrnnError =>
  new VrnnError("data/empty-file", "there is no text that holds a token", {
    at,
    remedy: "write the file anew",
  });
