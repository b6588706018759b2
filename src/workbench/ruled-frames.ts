/** The rules that moving pictures are held against. */
import { type FrameRule, frameRules } from "../baselines/frames.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import { type FramesField, widthOf } from "../data/fields.ts";
import type { MemorySequence, SequenceSource } from "../data/source.ts";
import { sequencesIn } from "../data/whole-sequences.ts";

/** A rule, and how likely it finds each frame of each clip, in nats. */
export interface RuledFrames {
  readonly name: string;
  readonly nats: readonly Float64Array[];
}

/** How likely rules that have seen the training clips find some clips. */
export async function ruledFrames(
  { splits }: Pick<FieldDataset, "splits">,
  source: SequenceSource,
  field: FramesField,
): Promise<RuledFrames[]> {
  const levels = field.range[1] - field.range[0] + 1;
  const rules = frameRules(await clipsIn(splits.train), { pixels: widthOf(field), levels });
  const clips = await clipsIn(source);
  const told = (name: string, rule: FrameRule) => ({ name, nats: clips.map(rule) });
  return [told("the last frame again", rules.copy), told("each pixel on its own", rules.alone)];
}

const clipsIn = async (source: SequenceSource): Promise<Uint8Array[]> =>
  (await sequencesIn(source)).map(({ values }: MemorySequence) => values["x"] as Uint8Array);
