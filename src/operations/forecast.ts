import { adaptToHistory } from "../calibration/adapt-history.ts";
import type { Recalibration } from "../calibration/recalibrate.ts";
import type { Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { type Forecast, forecastSequences } from "../inference/forecast.ts";
import { option } from "../options.ts";
import { forecastContent } from "../report/forecast.ts";
import {
  type ForecastTableOptions,
  forecastEstimates,
  forecastTable,
  pathTable,
} from "../tables/forecast-table.ts";
import { clockTime, counted } from "../words/figures.ts";
import * as z from "../zod.ts";
import { type Context, filesOf } from "./context.ts";
import { type Artifact, type Event, made, type NoteEvent, note } from "./event.ts";
import { atLeastOne, quantiles, readPath, seed, tableOut, temperature, writtenFile } from "./inputs.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";

export const forecast = operation({
  input: z.strictObject({
    horizon: option(z._default(z.int().check(z.minimum(1)), 60), {
      flag: "--horizon <steps>",
      help: "how far ahead",
    }),
    samples: atLeastOne("--samples <count>", "particles, each a path into the future", 200),
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
    const drawing = { particles: samples, seed, horizon, temperature };
    const value = await forecastSequences({ ...settings, ...drawing, ...(future && { future }) });
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
    const said = { sequences: count, horizon, samples, quantiles: levels, isCalibrated, seed, temperature };
    yield { type: "result", value, summary: { out, paths, picture, ...said } };
  },
});

/** What puts the quantiles right; nothing where it cannot be learned, which is told. */
async function* recalibrationOf({
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

/** The recalibration of each sequence, adapted to how forecasts within it turned out. */
async function* adapted(
  { settings, sequences }: Subject,
  recalibration: Recalibration,
  horizon: number,
): AsyncGenerator<NoteEvent, Map<Sequence, Recalibration>> {
  const all = new Map<Sequence, Recalibration>();
  const start = performance.now();
  for (const sequence of sequences) {
    all.set(sequence, await adaptToHistory(settings, { recalibration, horizon, sequence }));
    const left = ((performance.now() - start) / 1000) * (sequences.length / all.size - 1);
    yield note(
      `quantiles adapted to ${sequence.name}, ${all.size} of ${sequences.length}, ${clockTime(left)} left`,
    );
  }
  return all;
}

/** Draws the forecast of the first sequence: intervals of 50, 80 and 95 %. */
async function pictureOf(
  { pictures }: Context,
  path: string,
  [first]: readonly Forecast[],
  options: ForecastTableOptions,
): Promise<Artifact> {
  if (pictures === undefined || first === undefined)
    throw new VrnnError("operation/no-pictures", "nothing draws here", { remedy: "leave the picture out" });
  const estimates = forecastEstimates(first, {
    ...options,
    levels: [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975],
  });
  const kind = options.time?.kind;
  const clock = kind === undefined ? "steps" : kind === "date" ? "date" : "seconds";
  const draw = await pictures.forecast();
  return { path, content: () => draw(forecastContent(first, estimates, options.columns), clock) };
}
