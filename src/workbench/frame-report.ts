/** What a report shows of a run of moving pictures. */
import { type FrameRule, frameRules } from "../baselines/frames.ts";
import { fieldDatasetOf } from "../data/field-dataset.ts";
import { widthOf } from "../data/fields.ts";
import type { MemorySequence } from "../data/source.ts";
import { sequencesIn } from "../data/whole-sequences.ts";
import type { NamedNats } from "../report/content.ts";
import { framesOf } from "../run/run-fields.ts";
import type { RunReport } from "./shown.ts";

/** The course of training beside two rules that need no network, on the validation split. */
export const frameReport: RunReport = async ({ config }, given, _, { bounds }) => {
  const data = fieldDatasetOf(given);
  const field = framesOf(config);
  const train = (await sequencesIn(data.splits.train)).map(framesIn);
  const valid = (await sequencesIn(data.splits.valid)).map(framesIn);
  if (valid.length === 0 || bounds.valid === null) return { data, latents: [] };
  const pixels = widthOf(field);
  const rules = frameRules(train, { pixels, levels: field.range[1] - field.range[0] + 1 });
  const frames = valid.reduce((all, { length }) => all + length / pixels, 0);
  const pooled = (rule: FrameRule) =>
    valid.reduce((all, clip) => all + (rule(clip) * clip.length) / pixels, 0) / frames;
  const rivals: NamedNats[] = [
    { name: "the last frame again", natsPerStep: pooled(rules.copy) },
    { name: "each pixel on its own", natsPerStep: pooled(rules.alone) },
  ];
  return {
    data,
    latents: [],
    baselines: rivals.map(({ name, natsPerStep }) => ({ label: name, natsPerStep })),
    comparison: [{ name: "this model", natsPerStep: bounds.valid.natsPerStep }, ...rivals],
  };
};

const framesIn = ({ values }: MemorySequence): Uint8Array => values["x"] as Uint8Array;
