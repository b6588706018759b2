/** What a report shows of a run of columns. */
import { studyIncidents } from "../anomaly/incidents.ts";
import { paired } from "../collections.ts";
import type { Dataset, Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { sampleSequences } from "../inference/sample.ts";
import { type Scored, scoreSequences } from "../inference/score.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { RunReport, ShownOfRun } from "./shown.ts";

/** How many sequences of a split the pictures look at. */
const LOOKED_AT = 6;

/** How many sequences are made up for the pictures, and how long they are at most. */
export interface PicturedSamples {
  readonly count: number;
  readonly steps: number;
}

const PICTURED: PicturedSamples = { count: 2, steps: 200 };

/**
 * Latent trajectories, what the model makes up, and the steps of test sequences that are odder than the validation data let
 * expect.
 *
 * @param pictured how many samples there are, given the most steps that a picture has room for
 */
export const tableReport =
  (pictured?: (data: Dataset, most: number) => PicturedSamples): RunReport =>
  async (run, data, runtime) => {
    if ("columns" in data) return shownOf(run, data, runtime, pictured?.(data, PICTURED.steps) ?? PICTURED);
    throw new VrnnError("run/no-report", "none is drawn of a table that is read in parts", {
      remedy: "vrnn info shows the course of training",
    });
  };

/** With a real one they fill three lines of four. */
const DRAWN = 11;

/** Drawings are small and vary much, so there are more of them. Where the pen knows no end, they are as long as real ones. */
export function likeDrawings({ columns, splits }: Dataset, most: number): PicturedSamples {
  if (columns[2]!.levels.includes("end")) return { count: DRAWN, steps: most };
  const lengths = splits.train.map(({ length }) => length).sort((a, b) => a - b);
  return { count: DRAWN, steps: Math.min(most, lengths[Math.floor(lengths.length / 2)] ?? 1) };
}

async function shownOf(
  run: Run,
  data: Dataset,
  runtime: Runtime,
  pictured: PicturedSamples,
): Promise<ShownOfRun> {
  const { columns, splits } = data;
  const settings = {
    runtime,
    model: run.model,
    weights: run.weights,
    columns,
    seed: run.config.training.seed,
  };
  const scored = async (sequences: readonly Sequence[]): Promise<Scored[]> => {
    return paired(sequences, await scoreSequences({ ...settings, sequences })).map(([sequence, scores]) => ({
      sequence,
      scores,
    }));
  };
  const valid = await scored(splits.valid);
  const test = await scored(splits.test.slice(0, LOOKED_AT));
  const shown = test[0] ?? valid[0];
  const known = shown?.sequence.conditions;
  const { scaleSteps } = data;
  const sampled = await sampleSequences({
    ...settings,
    ...pictured,
    ...(known && { known }),
    scaleSteps,
  });
  return {
    data,
    latents: shown === undefined ? [] : [shown.scores],
    ...(shown && { samples: { real: withoutClock(shown.sequence), sampled } }),
    ...detectionIn(data, valid, test),
  };
}

/**
 * What is odd in the test split, where the data say when steps were and enough of them show what is usual; or why it
 * cannot be told.
 */
function detectionIn(
  { columns, time }: Dataset,
  valid: readonly Scored[],
  test: readonly Scored[],
): Pick<ShownOfRun, "detection" | "facts"> {
  if (time === undefined || valid.length === 0 || test.length === 0) return {};
  const labelled = test.map((one) => ({ ...one, incidents: [] }));
  try {
    return { detection: { labelled, study: studyIncidents(columns, valid, labelled) } };
  } catch (error) {
    if (!(error instanceof VrnnError) || !UNFIT.has(error.code)) throw error;
    return { facts: [{ label: "no alarms", value: error.what }] };
  }
}

/** Why a threshold cannot be set by a validation split; the rest of the report is written all the same. */
const UNFIT: ReadonlySet<string> = new Set(["detect/too-little-clean-data", "detect/bad-score"]);

/** Invented sequences have no clock, and stand beside a real one by steps. */
const withoutClock = (sequence: Sequence): Sequence => ({
  name: sequence.name,
  length: Math.min(sequence.length, PICTURED.steps),
  values: sequence.values.subarray(
    0,
    Math.min(sequence.length, PICTURED.steps) * (sequence.values.length / sequence.length),
  ),
});
