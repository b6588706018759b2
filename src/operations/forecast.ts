import { adaptToHistories } from "../calibration/adapt-history.ts";
import type { Recalibration } from "../calibration/recalibrate.ts";
import type { Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { type Forecast, type ForecastOptions, forecastEach } from "../inference/forecast.ts";
import { option } from "../options.ts";
import { forecastContent } from "../report/forecast.ts";
import {
  type ForecastTableOptions,
  forecastEstimates,
  forecastTable,
  pathTable,
} from "../tables/forecast-table.ts";
import { counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Context, filesOf } from "./context.ts";
import { clockOf, nothingDraws } from "./drawing.ts";
import { type Artifact, type Event, made, type NoteEvent, note } from "./event.ts";
import { type ContextSteps, context, contextNotes, withinContext } from "./history.ts";
import { atLeastOne, readPath, seed, temperature } from "./inputs.ts";
import { quantiles } from "./quantiles.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";
import { working } from "./working.ts";
import { tableOut, writtenFile } from "./written-inputs.ts";

export const forecast = operation({
  input: z.strictObject({
    horizon: option(z._default(z.int().check(z.minimum(1)), 60), {
      flag: "--horizon <steps>",
      help: "how far ahead",
    }),
    samples: atLeastOne("--samples <count>", "particles, each a path into the future", 200),
    context: context(),
    quantiles: quantiles(),
    out: tableOut(),
    paths: writtenFile(
      "--paths <file>",
      "where the sample paths go, if anywhere: the model's own, not put right",
    ),
    picture: writtenFile(
      "--picture <file>",
      "where a picture of the first sequence goes, if anywhere (SVG)",
      ".svg",
    ),
    future: readPath(
      "--future <file>",
      "a table of the covariates of the steps to come, for a model that has some",
    ),
    calibrate: option(z._default(z.boolean(), true), {
      flag: "--no-calibrate",
      help: "the model's own means and quantiles, not put right by how earlier forecasts turned out",
    }),
    seed: seed("the same seed gives the same forecast"),
    temperature,
  }),
  output: "table",
  async *run(context, input): AsyncGenerator<Event<Forecast[]>> {
    const { horizon, samples, seed, temperature, out, paths, picture, quantiles: levels } = input;
    const subject = await subjectOf(context, "forecast");
    const { settings, sequences, time } = subject;
    const { columns } = settings;
    const future =
      input.future === undefined ? undefined : await filesOf(context).future(input.future, sequences);
    const drawing = { particles: samples, seed, horizon, temperature, ...(future && { future }) };
    const value = yield* forecasts(context, subject, input.context, drawing);
    const isWanted = input.calibrate && temperature === 1;
    const recalibration = isWanted ? yield* recalibrationOf(context) : undefined;
    const recalibrations = recalibration && (yield* adapted(subject, recalibration, horizon));
    const table = { columns, levels, recalibrations, time };
    const files = [
      { path: out, content: () => forecastTable(value, table) },
      ...made(paths, () => pathTable(value, columns, time)),
      ...(picture === undefined ? [] : [await pictureOf(context, picture, value, table)]),
    ];
    yield { type: "artifacts", files };
    const { length: count } = value;
    if (out !== undefined)
      yield note(
        `forecasts of ${counted(count, "sequence")}, ${counted(horizon, "step")} ahead, written to ${out}`,
      );
    const isCalibrated = recalibration !== undefined;
    const said = {
      sequences: count,
      horizon,
      samples,
      context: input.context,
      quantiles: levels,
      isCalibrated,
      seed,
      temperature,
    };
    yield { type: "result", value, summary: { out, paths, picture, ...said } };
  },
});

/** What puts the quantiles right; nothing where it cannot be learned, which is told. */
export async function* recalibrationOf({
  files,
  notice,
}: Context): AsyncGenerator<NoteEvent, Recalibration | undefined> {
  if (files === undefined) return undefined;
  if (!(await files.isCalibrated()))
    yield note("learning from the validation split how forecasts turn out, once");
  try {
    return await files.calibration();
  } catch (cause) {
    const isLacking =
      cause instanceof VrnnError && ["calibrate/too-few", "run/data", "run/streamed"].includes(cause.code);
    if (!isLacking) throw cause;
    notice([`the quantiles are the model's own: ${cause.message}`]);
    return undefined;
  }
}

type Drawing = Pick<ForecastOptions, "particles" | "seed" | "horizon" | "temperature" | "future">;

/** The forecast of each sequence by the last of its steps. */
async function* forecasts(
  { notice }: Context,
  { settings, sequences }: Subject,
  context: ContextSteps,
  drawing: Drawing,
): AsyncGenerator<Event<never>, Forecast[]> {
  const whole = new Map(sequences.map((each) => [withinContext(each, context), each]));
  notice(contextNotes(sequences, context));
  const made = new Map<Sequence, Forecast>();
  for await (const some of forecastEach({ ...settings, ...drawing, sequences: [...whole.keys()] })) {
    for (const each of some) {
      const sequence = whole.get(each.sequence)!;
      made.set(sequence, { ...each, sequence });
    }
    yield { type: "work", done: made.size, of: sequences.length, what: "sequences forecast" };
  }
  return sequences.map((each) => made.get(each)!);
}

/** The recalibration of each sequence, adapted to how forecasts within it turned out. */
async function* adapted(
  { settings, sequences }: Subject,
  recalibration: Recalibration,
  horizon: number,
): AsyncGenerator<Event<never>, Map<Sequence, Recalibration>> {
  const adapting = adaptToHistories(settings, { recalibration, horizon, sequences });
  const all = yield* working(adapting, "forecasts of the past that quantiles adapt to");
  return new Map([...all].map(([sequence, maps]) => [sequence, maps.get(sequence.length)!]));
}

/** Draws the forecast of the first sequence: intervals of 50, 80 and 95 %. */
async function pictureOf(
  { pictures }: Context,
  path: string,
  [first]: readonly Forecast[],
  options: ForecastTableOptions,
): Promise<Artifact> {
  if (pictures === undefined || first === undefined) throw nothingDraws();
  const estimates = forecastEstimates(first, {
    ...options,
    levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
  });
  const clock = clockOf(options.time);
  const draw = await pictures.forecast();
  return { path, content: () => draw(forecastContent(first, estimates, options.columns), clock) };
}
