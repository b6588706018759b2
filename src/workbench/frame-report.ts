/** What a report shows of a run of moving pictures. */
import { meanOf } from "../collections.ts";
import { fieldDatasetOf } from "../data/field-dataset.ts";
import type { NamedNats } from "../report/content.ts";
import { framesOf } from "../run/run-fields.ts";
import { ruledFrames } from "./ruled-frames.ts";
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
