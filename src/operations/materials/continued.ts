import type { Sequence } from "../../data/dataset.ts";
import { continuationsOf, forecastSequences } from "../../inference/forecast.ts";
import type { Context } from "../context.ts";
import { type SampleInput, USUAL_COUNT } from "../sample-input.ts";
import { filesOf, tableRun } from "../usual.ts";

/** So many continuations of each sequence of some data, the sequence itself before each. */
export async function fromPrefix(context: Context, path: string, input: SampleInput): Promise<Sequence[]> {
  const { model, weights, columns } = await tableRun(context, "sample");
  const { count: particles = USUAL_COUNT, steps: horizon, seed, temperature, future: ahead } = input;
  const files = filesOf(context);
  const sequences = await files.others(path);
  const future = ahead === undefined ? undefined : await files.future(ahead, sequences);
  const runtime = await context.runtime();
  const settings = { runtime, model, weights, columns, particles, horizon, seed, temperature };
  const forecasts = await forecastSequences({ ...settings, sequences, ...(future && { future }) });
  return forecasts.flatMap((forecast) => continuationsOf(forecast, columns));
}
