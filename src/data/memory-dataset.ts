/** Data sets whose sequences are all in memory. */
import { SPLIT_NAMES } from "./dataset.ts";
import { type FieldDataset, type MemoryDataset, splitSources } from "./field-dataset.ts";
import type { Fields } from "./fields.ts";
import { cutPart, type MemorySequence, memorySource } from "./source.ts";
import type { SplitPart } from "./split.ts";
import { sequencesIn } from "./whole-sequences.ts";

/** Reads all sequences of a data set into memory. */
export async function inMemory({ splits, ...data }: FieldDataset): Promise<MemoryDataset> {
  const [train, valid, test] = (await Promise.all(
    SPLIT_NAMES.map((split) => sequencesIn(splits[split])),
  )) as [MemorySequence[], MemorySequence[], MemorySequence[]];
  return { ...data, splits: { train, valid, test } };
}

/** Sequences in memory, or parts of them, dealt out to their splits. */
export function memorySplits(
  sequences: readonly MemorySequence[],
  parts: readonly SplitPart[],
  fields: Fields,
): FieldDataset["splits"] {
  const cut = ({ index, start, end }: SplitPart): MemorySequence => {
    const { name, group } = sequences[index]!;
    return {
      ...{ name, ...(group !== undefined && { group }) },
      ...cutPart(sequences[index]!, fields, start, end),
      ...(start > 0 && { offset: start }),
    };
  };
  return splitSources((split) => memorySource(parts.filter((part) => part.split === split).map(cut), fields));
}
