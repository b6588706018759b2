import {
  calibratedFills,
  FILL_DRAWS,
  type FillCalibration,
  fillOf,
} from "../calibration/calibrated-fills.ts";
import type { ColumnFill } from "../calibration/fill-rule.ts";
import { isQuantity } from "../calibration/recalibrate.ts";
import type { Column } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import {
  type Imputed,
  imputeSequences,
  USUAL_ISLAND_SIZE,
  USUAL_LAG,
  withDraws,
} from "../inference/impute.ts";
import { capabilitiesOf } from "../models/model.ts";
import { option, usageError } from "../options.ts";
import { drawTable, gapTable, imputedTable } from "../tables/impute-table.ts";
import { counted } from "../words/figures.ts";
import type { Filling } from "../workbench/fill-calibration.ts";
import * as z from "../zod.ts";
import type { Context } from "./context.ts";
import { type Event, made, type NoteEvent, note } from "./event.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { quantiles } from "./quantiles.ts";
import { subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";
import { tableOut, writtenFile } from "./written-inputs.ts";

export const impute = operation({
  input: z.strictObject({
    samples: atLeastOne("--samples <count>", "draws of each gap", 100),
    islandSize: atLeastOne(
      "--particles <count>",
      "particles that compete for each draw",
      USUAL_ISLAND_SIZE,
      "particles",
    ),
    lag: option(z._default(z.int().check(z.minimum(0)), USUAL_LAG), {
      flag: "--lag <steps>",
      help: "how many later steps a gap learns from",
      needs: "particles",
    }),
    quantiles: quantiles(),
    out: tableOut("the filled table"),
    entries: writtenFile(
      "--entries <file>",
      "where a table of the filled entries goes: their means and quantiles",
    ),
    draws: writtenFile("--draws <file>", "where a table of all draws of the filled entries goes"),
    calibrate: option(z._default(z.boolean(), true), {
      flag: "--no-calibrate",
      help: "the model's own draws, not put right by how gaps made in the validation split were filled",
    }),
    seed: seed("the same seed fills in the same values"),
  }),
  output: "table",
  async *run(context, input, given): AsyncGenerator<Event<Imputed[]>> {
    if (given.quantiles !== undefined && input.entries === undefined) throw levelsUnread();
    const { samples, quantiles: levels, out, entries, draws, seed } = input;
    const { config, settings, time } = await subjectOf(context, "impute", { keepsCells: true });
    const { columns } = settings;
    const isSmoothed = capabilitiesOf(settings.model).smooths;
    const filling = isSmoothed ? byPaths : { lag: input.lag, islandSize: input.islandSize };
    const isWanted = input.calibrate && context.files !== undefined && columns.some(isQuantity);
    const particles = isWanted ? Math.max(samples, FILL_DRAWS) : samples;
    const own = await imputeSequences({ ...settings, ...filling, particles, seed });
    const filled = own.reduce((count, { gaps }) => count + gaps.length, 0);
    const calibration = isWanted && filled > 0 ? yield* calibrationOf(context, filling, columns) : undefined;
    const right = calibration === undefined ? own : calibratedFills(own, calibration, columns, seed);
    const value = withDraws(right, samples, columns);
    const shape = { columns, time, levels };
    const files = [
      { path: out, content: () => imputedTable(value, shape, config.data.schema.sequence) },
      ...made(entries, () => gapTable(value, shape)),
      ...made(draws, () => drawTable(value, shape)),
    ];
    yield { type: "artifacts", files };
    yield note(filledWords(filled));
    const effectiveSize = effectiveSizeOf(value);
    context.notice([
      ...fewWords(effectiveSize, filling),
      ...(calibration ? byWords(calibration, value, columns) : []),
    ]);
    const how = {
      ...(!isSmoothed && { ...filling, effectiveSize }),
      isCalibrated: calibration !== undefined,
    };
    const said = { sequences: value.length, filled, samples, ...how, seed };
    yield { type: "result", value, summary: { out, entries, draws, ...said } };
  },
});

const levelsUnread = () =>
  usageError(
    "option '--quantiles' has no effect: no table of the filled entries is asked for",
    "say where it goes with --entries, or leave it out",
  );

const filledWords = (filled: number): string =>
  filled === 0
    ? "nothing was missing: the table is as it was"
    : `${counted(filled, "entry", "entries")} filled`;

/** What there is to say of islands of which few particles count. */
function fewWords(effectiveSize: number | undefined, { islandSize }: Filling): string[] {
  if (effectiveSize === undefined || effectiveSize >= LEAST_EFFECTIVE * islandSize) return [];
  return [
    `of the ${islandSize} particles behind each draw ${effectiveSize.toFixed(1)} count: the model foresaw badly what was observed, or more particles are needed (--particles)`,
  ];
}

/** Which columns with gaps are told without the model, as that left smaller errors in gaps that were made. */
function byWords(
  calibration: FillCalibration,
  imputed: readonly Imputed[],
  columns: readonly Column[],
): string[] {
  const isFilled = new Set(imputed.flatMap(({ gaps }) => gaps.map(({ column }) => column)));
  const filled = columns.flatMap(({ name }, d) => {
    const fill = isFilled.has(d) ? fillOf(calibration, name, false) : undefined;
    return fill === undefined ? [] : [{ name, weight: weightOf(fill) }];
  });
  return BETTER.flatMap(({ what, isSo }) => {
    const names = filled.filter(({ weight }) => isSo(weight)).map(({ name }) => name);
    return names.length === 0
      ? []
      : [`${what}, better than by the model in gaps made in the validation split: ${names.join(", ")}`];
  });
}

/** By how much a column is told by the model and by other columns, of the way from the line, in the mean over distances. */
interface Weight {
  readonly model: number;
  readonly companions: number;
}

const weightOf = ({ leans }: ColumnFill): Weight => {
  const mean = (part: "share" | "companions") =>
    leans.reduce((sum, lean) => sum + lean[part], 0) / leans.length;
  return { model: mean("share"), companions: mean("companions") };
};

const BETTER: readonly { readonly what: string; readonly isSo: (weight: Weight) => boolean }[] = [
  {
    what: "filled by the straight line between neighbours",
    isSo: ({ model, companions }) => model === 0 && companions === 0,
  },
  {
    what: "filled mostly by how far the other columns are from their lines",
    isSo: ({ model, companions }) => companions > model,
  },
];

/** A model that smooths fills all gaps in one way, whatever lag and particles others would take. */
const byPaths: Filling = { lag: 0, islandSize: 1 };

/** The share of the particles of an island that count below which it is told. */
const LEAST_EFFECTIVE = 0.4;

/** The mean over the sequences that were followed; undefined when there was nothing to fill. */
function effectiveSizeOf(imputed: readonly Imputed[]): number | undefined {
  const followed = imputed.filter(({ gaps }) => gaps.length > 0);
  if (followed.length === 0) return undefined;
  return followed.reduce((sum, { effectiveSize }) => sum + effectiveSize, 0) / followed.length;
}

/** What puts the draws right; nothing where it cannot be learned, which is told. */
async function* calibrationOf(
  { files, notice }: Context,
  filling: Filling,
  columns: readonly Column[],
): AsyncGenerator<NoteEvent, FillCalibration | undefined> {
  if (files === undefined) return undefined;
  if (!(await files.isFillCalibrated(filling)))
    yield note("learning from the validation split how filled gaps turn out, once");
  try {
    const calibration = await files.fillCalibration(filling);
    const lacking = columns.filter(
      (column) => isQuantity(column) && fillOf(calibration, column.name, false) === undefined,
    );
    if (lacking.length > 0)
      notice([
        `the draws of ${lacking.map(({ name }) => name).join(", ")} are the model's own: the validation split has too few entries to learn from`,
      ]);
    return calibration;
  } catch (cause) {
    if (!(cause instanceof VrnnError && ["run/data", "run/streamed"].includes(cause.code))) throw cause;
    notice([`the draws are the model's own: ${cause.message}`]);
    return undefined;
  }
}
