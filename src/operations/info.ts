import { SPLIT_NAMES, type SplitName } from "../data/dataset.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import { describeDataset, describeFields } from "../data/summary.ts";
import { modelFamilies } from "../models/families.ts";
import { type ModelData, modelDataOf } from "../models/family.ts";
import type { Model } from "../models/model.ts";
import { countOf } from "../nn/parameters.ts";
import type { RunEvent } from "../run/events.ts";
import { aligned } from "../words/aligned.ts";
import { counted, fileSize, grouped, nats } from "../words/figures.ts";
import { sparkline } from "../words/sparkline.ts";
import * as z from "../zod.ts";
import type { Context, FolderView } from "./context.ts";
import type { Event } from "./event.ts";
import { operation } from "./operation.ts";

export const info = operation({
  input: z.strictObject({}),
  output: "figures",
  async *run(context): AsyncGenerator<Event<object>> {
    const folder = await context.files?.folder();
    const [summary, lines] = folder === undefined ? await describeData(context) : describeRun(folder);
    yield { type: "lines", lines };
    yield { type: "result", value: summary, summary };
  },
});

type Description = readonly [json: object, lines: readonly string[]];

async function describeData(context: Context): Promise<Description> {
  const data = await context.dataset();
  const { notes, time } = data;
  const told = "fields" in data ? { fields: data.fields } : { columns: data.columns };
  const splits = await sizesOf(fieldDatasetOf(data));
  const path = context.files?.path;
  return [
    { kind: "data", path, splits, ...told, notes, ...(time && { time }) },
    "fields" in data ? await describeFields(data) : describeDataset(data),
  ];
}

async function sizesOf({ splits }: FieldDataset) {
  const sizes: Partial<Record<SplitName, { sequences: number; steps: number }>> = {};
  for (const name of SPLIT_NAMES) {
    const index = await splits[name].index();
    sizes[name] = { sequences: index.length, steps: index.reduce((sum, { length }) => sum + length, 0) };
  }
  return sizes;
}

function describeRun(folder: FolderView): Description {
  const { path, config, events, files } = folder;
  const { fields, ...settings } = config;
  const given = modelDataOf(fields);
  const model = modelFamilies[config.family].build(given, config.model);
  const total = countOf(model.parameters);
  const tensors = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, shape]));
  const described = {
    kind: "run",
    run: path,
    ...settings,
    ...("columns" in given ? { columns: given.columns.length } : given),
    parameters: { total, tensors },
    metrics: events,
    files,
  };
  return [
    described,
    [...configLines(folder), ...tensorLines(model, total), ...metricLines(events), ...fileLines(files)],
  ];
}

function configLines({ config, hasData }: FolderView): string[] {
  const { vrnn, family, model, training, data, fields } = config;
  const given = modelDataOf(fields);
  const { conditions = [] } = "columns" in given ? given : {};
  const told = (options: object) =>
    Object.entries(options)
      .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
      .join(", ");
  const gone = hasData ? "" : " (no longer there)";
  return aligned([
    ["model", `${family} (${told(model)})`],
    ["training", told(training)],
    ["data", `${data.path}${gone}, ${extentOf(given)}`],
    ...(conditions.length > 0
      ? [["known", conditions.map(({ name, role }) => `${name} (${role})`).join(", ")]]
      : []),
    ["version", vrnn],
  ]);
}

const extentOf = (given: ModelData): string =>
  "columns" in given
    ? counted(given.columns.length, "column")
    : "tokens" in given
      ? counted(given.tokens, "token")
      : `frames of ${given.frames.join(" × ")}, ${counted(given.levels, "shade")}`;

function tensorLines({ parameters }: Model, total: number): string[] {
  const rows = parameters.map(({ name, shape }) => ["", name, `[${shape.join(", ")}]`]);
  return [`parameters  ${grouped(total)}`, ...aligned(rows)];
}

function metricLines(events: readonly RunEvent[]): string[] {
  const series = ["train/elbo", "valid/elbo"].map((name) => [name, valuesOf(events, name)] as const);
  const rows = series.flatMap(([name, values]) => (values.length === 0 ? [] : [seriesRow(name, values)]));
  const final = SPLIT_NAMES.flatMap((split) => {
    const value = valuesOf(events, `best/${split}/elbo`).at(-1);
    return value === undefined ? [] : [`${split} ${nats(value)}`];
  });
  const epochs = valuesOf(events, "epoch").at(-1) ?? 0;
  return [
    `epochs  ${epochs}`,
    ...aligned(rows),
    ...(final.length > 0 ? [`best weights  ${final.join(", ")} nats per step`] : []),
  ];
}

function seriesRow(name: string, values: readonly number[]): string[] {
  const best = values.reduce((most, value) => Math.max(most, value));
  return [name, `best ${nats(best)}`, `last ${nats(values.at(-1) as number)}`, sparkline(values, 32)];
}

const valuesOf = (events: readonly RunEvent[], name: string): number[] =>
  events.map((event) => event[name]).filter((value): value is number => typeof value === "number");

const fileLines = (files: Readonly<Record<string, number>>): string[] =>
  aligned(Object.entries(files).map(([name, bytes]) => [name, fileSize(bytes)]));
