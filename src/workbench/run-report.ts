import { studyIncidents } from "../anomaly/incidents.ts";
import { paired } from "../collections.ts";
import type { Dataset, Sequence } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { ModalityName } from "../data/modality.ts";
import { VrnnError } from "../errors.ts";
import { sampleSequences } from "../inference/sample.ts";
import { type Scored, scoreSequences } from "../inference/score.ts";
import { modelFamilies } from "../models/families.ts";
import { countOf } from "../nn/parameters.ts";
import type { Fact } from "../report/content.ts";
import { contentOf, renderReport } from "../report/render.ts";
import type { ReportSource } from "../report/section.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { labelWords } from "../words/figures.ts";
import type { FieldReport, ShownOfRun } from "./field-report.ts";
import { frameReport } from "./frame-report.ts";
import { textReport } from "./text-report.ts";
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

/** What a report shows of a run of other than columns, by the material. */
const REPORTS: Partial<Record<ModalityName, FieldReport>> = { text: textReport, images: frameReport };

/**
 * Writes `report.html` into a run: the bound over the epochs and the data; of tables latent trajectories, what the model
 * makes up, and the steps of test sequences that are odder than the validation data let expect; of text how surely the model
 * reads, what it writes, and how n-grams compare; of frames how two simple rules compare.
 *
 * @returns the report's path
 * @throws VrnnError `run/no-report` for a material that none is drawn of
 */
export async function writeRunReport(
  run: Run,
  data: FieldDataset | Dataset,
  runtime: Runtime,
  result: ResultEvent,
): Promise<string> {
  const { facts = [], ...shown } =
    "columns" in data
      ? await tableReport(run, data, runtime)
      : await reportOf(data.modality.name)(run, data, runtime, result);
  const source: ReportSource = { units: {}, metrics: run.folder.events(), ...shown };
  const content = contentOf(source, {
    title: "A variational recurrent neural network",
    subtitle: `Trained on ${run.config.data.path.split("/").at(-1)}.`,
    facts: [...factsOf(run, result), ...facts],
  });
  return run.folder.writeReport(renderReport(content).html);
}

function reportOf(material: ModalityName): FieldReport {
  const report = REPORTS[material];
  if (report !== undefined) return report;
  throw new VrnnError("run/no-report", `none is drawn of a ${material} that is read in parts`, {
    remedy: "vrnn info shows the course of training",
  });
}

async function tableReport(run: Run, data: Dataset, runtime: Runtime): Promise<ShownOfRun> {
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
  const { scaleSteps } = data;
  const sampled = await sampleSequences({
    ...settings,
    ...inventedLike(data),
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
