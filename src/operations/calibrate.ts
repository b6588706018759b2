import { cleanSteps } from "../anomaly/incidents.ts";
import { Adaptation } from "../calibration/adapt.ts";
import { everyFor } from "../calibration/adapt-history.ts";
import { type Coverage, CoverageTally } from "../calibration/coverage.ts";
import { predictionsOf, type Recalibration } from "../calibration/recalibrate.ts";
import type { Sequence } from "../data/dataset.ts";
import { backtest } from "../inference/backtest.ts";
import { option } from "../options.ts";
import { aligned } from "../words/aligned.ts";
import { grouped, percent } from "../words/figures.ts";
import * as z from "../zod.ts";
import { filesOf } from "./context.ts";
import { type Event, note } from "./event.ts";
import type { OtherData } from "./files.ts";
import { atLeastOne, seed } from "./inputs.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { operation } from "./usual.ts";

/** The level of the intervals, and how far from it a coverage still counts as right. */
const LEVEL = 0.8;
const TOLERANCE = 0.04;

const ARE_STEPS = "it must be whole numbers from 1, by comma";

const input = z.strictObject({
  horizons: option(
    z._default(
      z.array(z.int(ARE_STEPS).check(z.minimum(1, ARE_STEPS))).check(z.minLength(1, ARE_STEPS)),
      [1, 30],
    ),
    { flag: "--horizons <steps>", help: "steps ahead, by comma" },
  ),
  samples: option(z._default(z.int().check(z.minimum(10)), 200), {
    flag: "--samples <count>",
    help: "particles of each forecast",
  }),
  origins: atLeastOne("--origins <count>", "about how many forecasts to make", 720),
  seed: seed("the same seed gives the same table"),
});

export const calibrate = operation({
  input,
  output: "figures",
  async *run(context, input): AsyncGenerator<Event<Coverage[]>> {
    const subject = await subjectOf(context, "calibrate");
    const files = filesOf(context);
    yield note("calibration by forecasts of the validation split");
    const recalibration = await files.calibration();
    yield note("forecasts to be judged");
    const rows = await coverageOf(
      subject,
      recalibration,
      await disturbances(files, subject.sequences),
      input,
    );
    const isIn = ({ adapted }: Coverage) => Math.abs(adapted.coverage - LEVEL) <= TOLERANCE;
    yield { type: "lines", lines: coverageLines(rows, isIn) };
    const table = rows.map((row) => ({ ...row, isIn: isIn(row) }));
    const summary = { level: LEVEL, tolerance: TOLERANCE, withinCells: true, rows: table };
    yield { type: "result", value: rows, summary };
  },
});

/** Whether the steps of a sequence from one to another are undisturbed. */
type IsUndisturbed = (sequence: Sequence, first: number, last: number) => boolean;

async function coverageOf(
  { settings, sequences }: Subject,
  recalibration: Recalibration,
  isUndisturbed: IsUndisturbed,
  { horizons, samples: particles, origins, seed }: z.output<typeof input>,
): Promise<Coverage[]> {
  const { columns } = settings;
  const tally = new CoverageTally(columns, recalibration, LEVEL);
  const plan = { horizon: Math.max(...horizons), every: everyFor(sequences, origins) };
  const ascending = [...horizons].sort((a, b) => a - b);
  const following = { columns, recalibration, horizons: ascending, every: plan.every };
  const adaptations = new Map(sequences.map((sequence) => [sequence, new Adaptation(following)]));
  for await (const casts of backtest({ ...settings, particles, seed, ...plan })) {
    for (const cast of casts) {
      const predictions = predictionsOf(cast, columns, horizons, seed);
      const adaptation = adaptations.get(cast.sequence)!;
      const adapted = adaptation.at(cast.origin);
      for (const prediction of predictions) {
        const target = cast.origin + prediction.horizon - 1;
        if (isUndisturbed(cast.sequence, cast.origin - 1, target)) tally.add(prediction, adapted);
      }
      adaptation.add(cast, predictions);
    }
  }
  return tally.rows(horizons);
}

/**
 * Steps are undisturbed that lie outside labelled incidents and the recovery from them: of those nothing could be known
 * in advance. Data without labels count as undisturbed.
 */
async function disturbances(files: OtherData, sequences: readonly Sequence[]): Promise<IsUndisturbed> {
  const counts = new Map<Sequence, Uint32Array>();
  for (const sequence of sequences) {
    const isClean = new Set(cleanSteps(sequence, (await files.labels(sequence)) ?? []));
    const disturbed = new Uint32Array(sequence.length + 1); // before each step, how many
    for (let t = 0; t < sequence.length; t++) disturbed[t + 1] = disturbed[t]! + (isClean.has(t) ? 0 : 1);
    counts.set(sequence, disturbed);
  }
  return (sequence, first, last) => {
    const disturbed = counts.get(sequence)!;
    return disturbed[last + 1] === disturbed[first];
  };
}

function coverageLines(rows: readonly Coverage[], isIn: (row: Coverage) => boolean): string[] {
  const header = [
    "column",
    "steps ahead",
    "count",
    "model's own",
    "learned",
    "adapted",
    "76-84 %",
    "as recorded",
    "pinball",
  ];
  const lines = rows.map((row) => [
    row.column,
    String(row.horizon),
    grouped(row.count),
    percent(row.raw.coverage),
    percent(row.calibrated.coverage),
    percent(row.adapted.coverage),
    isIn(row) ? "in" : "OUT",
    percent(row.adapted.recorded),
    [row.raw, row.calibrated, row.adapted].map(({ pinball }) => pinball.toPrecision(3)).join(" -> "),
  ]);
  const right = rows.filter(isIn).length;
  return [
    "coverage of the interval between the quantiles of 10 and 90 %, each value taken as anywhere within its cell",
    ...aligned([header, ...lines]),
    `${right} of ${rows.length} within 76-84 %`,
  ];
}
