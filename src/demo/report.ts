import { rmSync } from "node:fs";
import { join } from "node:path";
import { cleanNatsPerStep, cleanSteps } from "../anomaly/incidents.ts";
import type { Sequence } from "../data/dataset.ts";
import { modelFamilies } from "../models/families.ts";
import { countOf } from "../nn/parameters.ts";
import type { Fact, ReportContent } from "../report/content.ts";
import { contentOf, renderReport } from "../report/render.ts";
import type { ReportSource, UnitNames } from "../report/section.ts";
import { writeFileAtomic } from "../run/atomic.ts";
import { telemetryColumns } from "../telemetry/columns.ts";
import type { DemoResult } from "./demo.ts";
import type { Recordings } from "./recordings.ts";

/** Writes the report of a demo into its run, and each picture of it into `pictures`. @returns the report's path. */
export function writeDemoReport(recordings: Recordings, result: DemoResult): string {
  const { folder } = result.run;
  const { html, pictures } = renderReport(demoContent(recordings, result));
  const album = join(folder.path, "pictures");
  rmSync(album, { recursive: true, force: true });
  for (const [name, picture] of Object.entries(pictures)) writeFileAtomic(join(album, name), picture);
  return folder.writeReport(html);
}

function demoContent({ data }: Recordings, result: DemoResult): ReportContent {
  const { run, natsPerStep, study, clean, labelled, sampled } = result;
  const { columns } = data;
  const units = unitsOf(columns.map(({ name }) => name));
  const columnNats = (d: number) =>
    cleanNatsPerStep(labelled, ({ scores }) =>
      Float64Array.from({ length: scores.length }, (_, t) => scores.logLikelihood[t * columns.length + d]!),
    );
  const real = clean[0]!.sequence;
  const source: ReportSource = {
    data,
    units,
    metrics: run.folder.events(),
    comparison: [
      { name: "VRNN", natsPerStep: natsPerStep.vrnn },
      { name: "vector autoregression", natsPerStep: natsPerStep.var },
      { name: "independent Gaussian", natsPerStep: natsPerStep.gaussian },
    ],
    perColumn: columns.map(({ name }, d) => ({ name, natsPerStep: columnNats(d) })),
    latents: clean.slice(0, 1).map(({ scores }) => scores),
    samples: { real, sampled: sampled.map((sequence) => onClockOf(real, sequence)) },
    detection: { labelled, study },
  };
  return contentOf(source, {
    title: "Incidents on a server",
    subtitle:
      "A variational recurrent neural network learned from clean recordings what is usual of a machine under a varied load. Here it meets recordings into which incidents were injected.",
    facts: factsOf(result),
  });
}

/** An invented sequence, as if it had been recorded when the real one was. */
const onClockOf = ({ times }: Sequence, invented: Sequence): Sequence =>
  times === undefined ? invented : { ...invented, times: times.subarray(0, invented.length) };

/** UnitNames of the columns that this project records, whatever the number of CPUs. */
function unitsOf(names: readonly string[]): UnitNames {
  const units = new Map(telemetryColumns(names.length).map(({ name, unit }) => [name, unit]));
  return Object.fromEntries(names.flatMap((name) => (units.has(name) ? [[name, units.get(name)!]] : [])));
}

function factsOf({ run, labelled, study }: DemoResult): Fact[] {
  const { config, model } = run;
  const steps = labelled.reduce(
    (sum, { sequence, incidents }) => sum + cleanSteps(sequence, incidents).length,
    0,
  );
  return [
    { label: "parameters", value: countOf(model.parameters) },
    ...modelFamilies[config.family].describe(config.model),
    { label: "clean test steps compared", value: steps },
    { label: "alarm threshold", value: Number(study.detector.threshold.toFixed(2)) },
  ];
}
