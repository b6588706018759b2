/** What a run knows of how its labels turn out: `label-calibration.json` in its folder. */
import { type JudgedLabel, type LabelCalibration, learnedLabels } from "../calibration/label-calibration.ts";
import { QUANTILES } from "../calibration/outsiders.ts";
import { sequenceSource } from "../data/field-dataset.ts";
import type { Notice } from "../data/notice.ts";
import type { SequenceSource } from "../data/source.ts";
import { VrnnError } from "../errors.ts";
import { classifySequences } from "../inference/classify.ts";
import { natsOfEach } from "../inference/nats-of-each.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import * as z from "../zod.ts";
import { ownSplits } from "./field-data.ts";
import { isRising, keepCalibration, keptCalibration, storedHead } from "./kept-calibration.ts";
import { readRunData } from "./run-data.ts";

const spread = z.strictObject({ mean: z.number(), deviation: z.number().check(z.gt(0)) });

const stored = z.strictObject({
  ...storedHead,
  temperature: z.number().check(z.gt(0)),
  insiders: z.exactOptional(
    z.strictObject({
      confidence: spread,
      nats: spread,
      oddness: z
        .readonly(z.array(z.number()))
        .check(
          z.minLength(QUANTILES + 1),
          z.maxLength(QUANTILES + 1),
          z.refine(isRising, "quantiles must rise"),
        ),
    }),
  ),
});

/** Draws of the latent variables are of this seed. */
const SEED = 1;

/**
 * How the labels of a run turn out: learned once of its validation split, and kept in its folder. Undefined where that has no
 * label, or the data are no longer to be read.
 *
 * @throws VrnnError `run/calibration` when the file in the folder cannot be used
 */
export async function labelCalibrationOf(
  run: Run,
  runtime: Runtime,
  notice: Notice,
): Promise<LabelCalibration | undefined> {
  const kept = keptCalibration(run, "labelCalibration", stored);
  if (kept !== undefined)
    return { temperature: kept.temperature, ...(kept.insiders && { insiders: kept.insiders }) };
  const source = await validationOf(run, notice);
  const judged = source && (await judgedIn(run, runtime, source));
  if (judged === undefined || judged.length === 0) return undefined;
  const learned = learnedLabels(judged);
  keepCalibration(run, "labelCalibration", learned, notice);
  return learned;
}

async function validationOf({ config }: Run, notice: Notice): Promise<SequenceSource | undefined> {
  const own = await ownSplits(config);
  if (own !== undefined) return own.valid;
  try {
    return sequenceSource(readRunData(config, notice).splits.valid, config.fields);
  } catch (cause) {
    if (cause instanceof VrnnError) return undefined;
    throw cause;
  }
}

/** The labels of whole sequences that are known, and what the model tells of them. */
async function judgedIn(
  { model, weights, config: { fields } }: Run,
  runtime: Runtime,
  source: SequenceSource,
): Promise<JudgedLabel[]> {
  const settings = { runtime, model, weights, fields, source, seed: SEED };
  const told = await classifySequences(settings);
  const nats = await natsOfEach(settings);
  return told.flatMap(({ label: [label = -1], logProb }, i) =>
    label < 0 ? [] : [{ label, logProb, nats: nats[i]! }],
  );
}
