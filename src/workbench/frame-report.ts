/** What a report shows of a run of moving pictures, and the rules that it is held against. */
import { type FrameRule, frameRules } from "../baselines/frames.ts";
import { meanOf } from "../collections.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import { type FramesField, widthOf } from "../data/fields.ts";
import type { MemorySequence, SequenceSource } from "../data/source.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import type { NamedNats } from "../report/content.ts";
import { framesOf } from "../run/run-fields.ts";
import type { RunReport } from "./shown.ts";

/** The course of training beside two rules that need no network, on the validation split. */
export const frameReport: RunReport = async ({ config }, given, _, { bounds }) => {
  const data = fieldDatasetOf(given);
  const { valid } = data.splits;
  if ((await valid.index()).length === 0 || bounds.valid === null) return { data, latents: [] };
  const rivals = (await ruledFrames(data, valid, framesOf(config))).map(
    ({ name, nats }): NamedNats => ({ name, natsPerStep: meanOf(nats.flatMap((clip) => [...clip])) }),
  );
  return {
    data,
    latents: [],
    baselines: rivals.map(({ name, natsPerStep }) => ({ label: name, natsPerStep })),
    comparison: [{ name: "this model", natsPerStep: bounds.valid.natsPerStep }, ...rivals],
  };
};

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
