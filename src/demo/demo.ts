/** The main job from end to end: learn what is usual of a server, find incidents in recordings never seen. */

import { resolve } from "node:path";
import { cleanNatsPerStep, type IncidentStudy, type Labelled, studyIncidents } from "../anomaly/incidents.ts";
import { fitGaussian } from "../baselines/gaussian.ts";
import { fitVar } from "../baselines/var.ts";
import { paired } from "../collections.ts";
import type { Dataset, Sequence } from "../data/dataset.ts";
import { tableFields } from "../data/field-dataset.ts";
import { sampleSequences } from "../inference/sample.ts";
import { type Scored, scoreSequences } from "../inference/score.ts";
import { modelFamilies } from "../models/families.ts";
import type { Event } from "../operations/event.ts";
import { digestOf } from "../run/digest.ts";
import { openRun, type Run } from "../run/run.ts";
import type { RunConfig } from "../run/run-config.ts";
import { projectVersion } from "../run/version.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { trainingOptions } from "../train/options.ts";
import { type RunStart, trainRun } from "../workbench/train.ts";
import type { Recordings } from "./recordings.ts";

/** The model and its training, chosen by the validation bound that a minute of training reaches. */
const model = { hidden: 64, latent: 16, emission: ["persistent"] };
const training = {
  epochs: 80,
  batchSize: 8,
  window: 100,
  learningRate: 3e-3,
  schedule: "cosine",
  patience: 20,
} as const;

/** Draws of the latent variables that a score averages, and where they come from. */
const samples = 4;
const seed = 1;

export interface DemoOptions {
  /** The folder of the run. */
  readonly path: string;
  readonly recordings: Recordings;
  readonly epochs?: number | undefined;
  readonly start: RunStart;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
}

/** Nats per step on the clean steps of the test recordings, the same ones for all three. */
export interface NatsComparison {
  readonly vrnn: number;
  readonly gaussian: number;
  readonly var: number;
}

export interface DemoResult {
  readonly run: Run;
  readonly natsPerStep: NatsComparison;
  readonly study: IncidentStudy;
  readonly clean: readonly Scored[];
  readonly labelled: readonly Labelled[];
  /** Sequences that the model made up. */
  readonly sampled: readonly Sequence[];
}

/**
 * Trains on the recordings `train-*`, keeps the weights of the best bound on `valid-*`, chooses the threshold of alarms
 * on `valid-*`, and flags incidents in `test-*`. Labels are read to judge the result alone.
 *
 * @returns undefined when the signal stopped the training.
 * @throws VrnnError `run/...`, `train/...`, `detect/...`
 */
export async function* runDemo(options: DemoOptions): AsyncGenerator<Event<never>, DemoResult | undefined> {
  const { path, recordings, runtime, start, signal } = options;
  const { data } = recordings;
  const config = configOf(recordings, options.epochs);
  const { epochs } = config.training;
  for await (const event of trainRun({ path, config, data, runtime, start, signal })) {
    if (event.type === "result") continue;
    yield { type: "training", epochs, event };
    if (event.type === "end" && event.reason === "interrupted") {
      yield { type: "stopped", text: "stopped; the demo starts over when it is called again" };
      return undefined;
    }
  }
  return conclude(openRun(path), recordings, runtime);
}

function configOf({ source, data }: Recordings, epochs: number | undefined): RunConfig {
  return {
    vrnn: projectVersion,
    family: "vrnn",
    model: modelFamilies.vrnn.options.parse(model),
    training: trainingOptions.parse({ ...training, ...(epochs !== undefined && { epochs }) }),
    data: { path: resolve(source), digest: digestOf(data), schema: schemaOf(data) },
    modality: { name: "table" },
    fields: tableFields(data),
  };
}

/** The kinds are said, not inferred, so that the same files are read the same way again. */
const schemaOf = ({ columns }: Dataset): RunConfig["data"]["schema"] => ({
  kinds: Object.fromEntries(columns.map(({ name, kind }) => [name, kind])),
});

async function conclude(run: Run, { data, incidents }: Recordings, runtime: Runtime): Promise<DemoResult> {
  const { columns, splits } = data;
  const settings = { runtime, model: run.model, weights: run.weights, columns, seed };
  const scoresOf = async (sequences: readonly Sequence[]): Promise<Scored[]> => {
    const all = await scoreSequences({ ...settings, sequences, samples });
    return paired(sequences, all).map(([sequence, scores]) => ({ sequence, scores }));
  };
  const clean = await scoresOf(splits.valid);
  const labelled = paired(await scoresOf(splits.test), incidents).map(([one, own]) => ({
    ...one,
    incidents: own,
  }));
  return {
    run,
    natsPerStep: compare(data, labelled),
    study: studyIncidents(columns, clean, labelled),
    clean,
    labelled,
    sampled: await sampleSequences({ ...settings, count: 2, steps: Math.min(300, splits.valid[0]!.length) }),
  };
}

function compare({ columns, splits }: Dataset, labelled: readonly Labelled[]): NatsComparison {
  const gaussian = fitGaussian(columns, splits.train);
  const autoregression = fitVar(columns, splits.train, splits.valid);
  return {
    vrnn: cleanNatsPerStep(labelled, ({ scores }) => scores.total),
    gaussian: cleanNatsPerStep(labelled, ({ sequence }) => gaussian.logLikelihood(sequence)),
    var: cleanNatsPerStep(labelled, ({ sequence }) => autoregression.logLikelihood(sequence)),
  };
}
