import { studyIncidents } from "../anomaly/incidents.ts";
import { paired } from "../collections.ts";
import type { Dataset, Sequence } from "../data/dataset.ts";
import { VrnnError } from "../errors.ts";
import { sampleSequences } from "../inference/sample.ts";
import { type Scored, scoreSequences } from "../inference/score.ts";
import { modelFamilies } from "../models/families.ts";
import { countOf } from "../nn/parameters.ts";
import type { Fact, ReportContent } from "../report/content.ts";
import { contentOf, renderReport } from "../report/render.ts";
import type { ReportSource } from "../report/section.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { labelWords } from "../words/figures.ts";
import type { ResultEvent } from "./train.ts";

/** How many sequences of a split the pictures look at, and how long invented ones are. */
const looked = 6;
const invented = { count: 2, steps: 200 };
/** With a real one they fill three lines of four. */
const drawn = 11;

/** Drawings are small and vary much, so there are more of them. Where the pen knows no end, they are as long as real ones. */
function inventedLike({ modality, columns, splits }: Dataset): typeof invented {
  if (modality?.name !== "strokes") return invented;
  if (columns[2]!.levels.includes("end")) return { ...invented, count: drawn };
  const lengths = splits.train.map(({ length }) => length).sort((a, b) => a - b);
  return { count: drawn, steps: Math.min(invented.steps, lengths[Math.floor(lengths.length / 2)] ?? 1) };
}

/**
 * Writes `report.html` into a run: the data, the bound over the epochs, latent trajectories, what the model makes up,
 * and the steps of test sequences that are odder than the validation data let expect.
 *
 * @returns the report's path
 */
export async function writeRunReport(
  run: Run,
  data: Dataset,
  runtime: Runtime,
  result: ResultEvent,
): Promise<string> {
  const { html } = renderReport(await content(run, data, runtime, result));
  return run.folder.writeReport(html);
}

async function content(
  run: Run,
  data: Dataset,
  runtime: Runtime,
  result: ResultEvent,
): Promise<ReportContent> {
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
  const test = await scored(splits.test.slice(0, looked));
  const shown = test[0] ?? valid[0];
  const known = shown?.sequence.conditions;
  const sampled = await sampleSequences({ ...settings, ...inventedLike(data), ...(known && { known }) });
  const alarms = isTimed(data) ? alarmsOf(data, valid, test) : {};
  const source: ReportSource = {
    data,
    units: {},
    metrics: run.folder.events(),
    latents: shown === undefined ? [] : [shown.scores],
    ...(shown && { samples: { real: withoutClock(shown.sequence), sampled } }),
    ...(alarms.detection && { detection: alarms.detection }),
  };
  return contentOf(source, {
    title: "A variational recurrent neural network",
    subtitle: `Trained on ${run.config.data.path.split("/").at(-1)}.`,
    facts: [...factsOf(run, result), ...(alarms.lacking ? [alarms.lacking] : [])],
  });
}

/** Alarms are counted by the hour: they need a clock in seconds, and clean data to choose a threshold on. */
const isTimed = ({ time, splits }: Dataset): boolean =>
  time?.kind === "number" && splits.valid.length > 0 && splits.test.length > 0;

/** What is flagged of the test sequences, or why nothing can be. */
interface Alarms {
  readonly detection?: ReportSource["detection"];
  readonly lacking?: Fact;
}

/** A report stands without alarms where the validation split is too short to set a threshold by. */
function alarmsOf({ columns }: Dataset, valid: readonly Scored[], test: readonly Scored[]): Alarms {
  const labelled = test.map((one) => ({ ...one, incidents: [] }));
  try {
    return { detection: { labelled, study: studyIncidents(columns, valid, labelled) } };
  } catch (error) {
    if (!(error instanceof VrnnError) || !error.code.startsWith("detect/")) throw error;
    return { lacking: { label: "no alarms", value: error.what } };
  }
}

/** Invented sequences have no clock, and stand beside a real one by steps. */
const withoutClock = (sequence: Sequence): Sequence => ({
  name: sequence.name,
  length: Math.min(sequence.length, invented.steps),
  values: sequence.values.subarray(
    0,
    Math.min(sequence.length, invented.steps) * (sequence.values.length / sequence.length),
  ),
});

function factsOf({ config, model }: Run, { bounds }: ResultEvent): Fact[] {
  const bound = (split: "train" | "valid" | "test") =>
    bounds[split] === null
      ? []
      : [{ label: `${split}, nats per step`, value: Number(bounds[split].natsPerStep.toFixed(3)) }];
  const labels = bounds.test === null ? undefined : labelWords(bounds.test);
  return [
    { label: "parameters", value: countOf(model.parameters) },
    ...modelFamilies[config.family].describe(config.model),
    ...bound("train"),
    ...bound("valid"),
    ...bound("test"),
    ...(labels === undefined ? [] : [{ label: "test, labels", value: labels }]),
  ];
}
