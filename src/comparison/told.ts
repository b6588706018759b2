/** What a trained model says in its exam. */
import { forecastsAt, predictiveOf } from "../calibration/model-forecaster.ts";
import type { Dataset } from "../data/dataset.ts";
import { tableDataset } from "../data/field-dataset.ts";
import { natsOfSteps } from "../inference/nats-of-each.ts";
import { scoreByParticles } from "../inference/particle-scores.ts";
import { capabilitiesOf } from "../models/model.ts";
import type { WorkProgress } from "../operations/event.ts";
import type { TrainedModel } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type CrpsLevels, CrpsTally, type Exam, plansOf } from "./exam.ts";

/** A trained model before its exam. */
export interface Candidate {
  readonly name: string;
  readonly trained: TrainedModel;
  /** As it reads them. */
  readonly data: Dataset;
  readonly runtime: Runtime;
  readonly seed: number;
  /** By how many particles it is told, where it has a bound; 0: by the evidence lower bound. */
  readonly particles: number;
}

/** The nats of each step of each test sequence: the likelihood where it is exact, else a bound. */
export async function natsTold({
  trained,
  data,
  runtime,
  seed,
  particles,
}: Candidate): Promise<readonly Float64Array[]> {
  const { model, weights, config } = trained;
  const settings = { runtime, model, weights, seed };
  if (particles === 0 || capabilitiesOf(model).exact)
    return natsOfSteps({ ...settings, fields: config.fields, source: tableDataset(data).splits.test });
  const { columns, splits } = data;
  const scores = await scoreByParticles({ ...settings, columns, particles, sequences: splits.test });
  return scores.map(({ total }) => total);
}

/** Paths of each forecast, and how many steps before its first origin a sequence is followed from, at most. */
const [PATHS, CONTEXT] = [100, 4000];

/** How far its forecasts are off. */
export async function* crpsTold(
  { name, trained, data, runtime, seed }: Candidate,
  exam: Exam,
): AsyncGenerator<WorkProgress, CrpsLevels> {
  const horizon = exam.horizons.at(-1);
  if (horizon === undefined) return {};
  const { columns, splits } = data;
  const { model, weights } = trained;
  const plans = plansOf(exam, splits.test);
  const of = plans.reduce((sum, { origins }) => sum + origins.length, 0);
  const tally = new CrpsTally(exam);
  let done = 0;
  const settings = { runtime, model, weights, columns, seed, particles: PATHS, context: CONTEXT };
  for await (const casts of forecastsAt({ ...settings, plans, horizon })) {
    for (const { sequence, origin, samples } of casts)
      tally.add(
        sequence,
        origin,
        columns.map((_, d) => predictiveOf(samples, columns, d)),
      );
    done += casts.length;
    yield { type: "work", done, of, what: `forecasts by ${name}` };
  }
  return tally.levels();
}
