import type { Dataset } from "../data/dataset.ts";
import type { FieldDataset } from "../data/field-dataset.ts";
import type { ModalityName } from "../data/modality.ts";
import { modelFamilies } from "../models/families.ts";
import { countOf } from "../nn/parameters.ts";
import type { Fact } from "../report/content.ts";
import { contentOf, renderReport } from "../report/render.ts";
import type { ReportSource } from "../report/section.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { labelWords } from "../words/figures.ts";
import { captionsReport } from "./captions-report.ts";
import { frameReport } from "./frame-report.ts";
import { motionReport } from "./motion-report.ts";
import { pairsReport } from "./pairs-report.ts";
import type { RunReport } from "./shown.ts";
import { speechReport } from "./speech-report.ts";
import { likeDrawings, tableReport } from "./table-report.ts";
import { textReport } from "./text-report.ts";
import type { ResultEvent } from "./train.ts";

/** What a report shows of a run, by its material. They stand here, and not with what pages do, which cannot write one. */
const reports: Readonly<Record<ModalityName, RunReport>> = {
  table: tableReport(),
  music: tableReport(),
  strokes: tableReport(likeDrawings),
  text: textReport,
  pairs: pairsReport,
  speech: speechReport,
  motion: motionReport,
  images: frameReport,
  captions: captionsReport,
};

/**
 * Writes `report.html` into a run: the bound over the epochs, the data, and what its material has to show.
 *
 * @returns the report's path
 * @throws VrnnError `run/no-report` for data of which none is drawn
 */
export async function writeRunReport(
  run: Run,
  data: FieldDataset | Dataset,
  runtime: Runtime,
  result: ResultEvent,
): Promise<string> {
  const { facts = [], ...shown } = await reports[run.config.modality.name](run, data, runtime, result);
  const source: ReportSource = { units: {}, metrics: run.folder.events(), ...shown };
  const content = contentOf(source, {
    title: "A variational recurrent neural network",
    subtitle: `Trained on ${run.config.data.path.split("/").at(-1)}.`,
    facts: [...factsOf(run, result), ...facts],
  });
  return run.folder.writeReport(renderReport(content).html);
}

function factsOf({ config, model }: Run, { bounds }: ResultEvent): Fact[] {
  const bound = (split: "train" | "valid" | "test") =>
    bounds[split] === null
      ? []
      : [{ label: `${split}, nats per step`, value: Number(bounds[split].natsPerStep.toFixed(3)) }];
  const labels = bounds.test === null ? undefined : labelWords(bounds.test);
  return [
    { label: "parameters", value: countOf(model.parameters) },
    ...modelFamilies[config.family].describe(config.model, config.fields),
    ...bound("train"),
    ...bound("valid"),
    ...bound("test"),
    ...(labels === undefined ? [] : [{ label: "test, labels", value: labels }]),
  ];
}
