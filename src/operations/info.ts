import { type ConditionColumn, type LabelSpan, SPLIT_NAMES, type SplitName } from "../data/dataset.ts";
import { keptEncoder } from "../data/encoded.ts";
import { type FieldDataset, fieldDatasetOf } from "../data/field-dataset.ts";
import type { LabelField } from "../data/fields.ts";
import { knownEncoder } from "../data/images/encoder-knowledge.ts";
import type { Modality } from "../data/modality.ts";
import { knownSoundEncoder } from "../data/speech/encoder-knowledge.ts";
import { describeDataset, describeFields } from "../data/summary.ts";
import { knownTextEncoder } from "../data/text/encoder-knowledge.ts";
import { type ModelData, modelDataOf } from "../models/family.ts";
import { buildModel } from "../models/loading.ts";
import type { Model } from "../models/model.ts";
import { countOf } from "../nn/parameters.ts";
import { boundName } from "../objectives/loading.ts";
import { flagName, metaOf, option, usageError } from "../options.ts";
import { type DataSchema, dataSchema } from "../run/data-schema.ts";
import type { RunEvent } from "../run/events.ts";
import { labelOfRun } from "../run/run-fields.ts";
import type { TrainingMemory } from "../train/memory.ts";
import type { TrainingOptions } from "../train/options.ts";
import { aligned } from "../words/aligned.ts";
import { counted, grouped, nats } from "../words/figures.ts";
import { fileSize } from "../words/file-size.ts";
import { sparkline } from "../words/sparkline.ts";
import * as z from "../zod.ts";
import type { Context } from "./context.ts";
import type { Event } from "./event.ts";
import type { FolderView } from "./files.ts";
import { operation } from "./usual.ts";

export const info = operation({
  input: z.strictObject({
    memory: option(z._default(z.boolean(), false), {
      flag: "--memory",
      help: "the most memory that training the run takes beside its data, with full windows",
    }),
    schema: z.usually(dataSchema),
  }),
  output: "figures",
  async *run(context, { memory, schema }, given): AsyncGenerator<Event<object>> {
    const folder = await context.files?.folder();
    if (folder !== undefined) refuseReading(given.schema);
    else if (memory) throw usageError("option '--memory' tells of a run", "name the folder of one");
    const [summary, lines] = await (folder === undefined
      ? describeData(context, schema)
      : describeRun(folder, memory));
    yield { type: "lines", lines };
    yield { type: "result", value: summary, summary };
  },
});

type Description = readonly [json: object, lines: readonly string[]];

/** A run has been read: how, it says itself. */
function refuseReading(schema: z.input<typeof dataSchema> = {}): void {
  const [key] = Object.keys(schema) as (keyof typeof dataSchema.shape)[];
  if (key === undefined) return;
  const { flag = key } = metaOf(dataSchema.shape[key]);
  throw usageError(
    `option '${flagName(flag)}' says how data are read, and this is a run`,
    "name the data, or leave it out",
  );
}

async function describeData(context: Context, schema: DataSchema): Promise<Description> {
  const data = await context.dataset(schema);
  const { time } = data;
  const told = "fields" in data ? { fields: data.fields } : { columns: data.columns };
  const splits = await sizesOf(fieldDatasetOf(data));
  const path = context.files?.path;
  return [
    { kind: "data", path, splits, ...told, ...(time && { time }) },
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

/** @param memory whether the memory that training takes is told */
async function describeRun(folder: FolderView, memory: boolean): Promise<Description> {
  const { path, config, events, files } = folder;
  const { fields, ...settings } = config;
  const given = modelDataOf(fields, config.readout?.field);
  const model = await buildModel(config);
  const total = countOf(model.parameters);
  const label = config.readout && labelOfRun(config);
  const tensors = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, shape]));
  const described = {
    kind: "run",
    run: path,
    ...settings,
    ...sizeOfData(given),
    ...(label && { label: { over: spanOf(label), levels: label.levels } }),
    parameters: { total, tensors },
    metrics: events,
    files,
  };
  const bound = boundName(config.training.objective, model);
  if (memory && config.training.learner !== "gradient")
    throw usageError("option '--memory' tells of training by gradients", "this run was trained without");
  const needed = memory ? await folder.memory(model) : undefined;
  return [
    { ...described, ...(needed && { memory: needed }) },
    [
      ...configLines(folder),
      ...tensorLines(model, total),
      ...metricLines(events, bound),
      ...fileLines(files),
      ...(needed ? memoryLines(needed, config.training) : []),
    ],
  ];
}

function memoryLines({ total, parts }: TrainingMemory, training: TrainingOptions): string[] {
  const { batchSize, window, shards } = training;
  const of = `with full batches: ${batchSize} sequences of ${window} steps in ${counted(shards, "shard")}`;
  const rows = Object.entries(parts).map(([part, bytes]) => ["", part, fileSize(bytes)]);
  return [`memory  about ${fileSize(total)} ${of}, beside the data`, ...aligned(rows)];
}

function configLines({ config, hasData }: FolderView): string[] {
  const { vrnn, family, model, training, data, fields, modality } = config;
  const label = config.readout && labelOfRun(config);
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
    ...encoderRows(modality, data.schema),
    ...(conditions.length > 0 ? [["known", conditions.map(knownWords).join(", ")]] : []),
    ...(label ? [["told", `label of each ${spanOf(label)}: ${label.levels.join(", ")}`]] : []),
    ["version", vrnn],
  ]);
}

/** The encoder that is not trained, where there is one. */
function encoderRows(modality: Modality, { features = "" }: DataSchema): string[][] {
  const row = (fed: string, sha256: string) => [["encoder", `${features} (${fed}, SHA-256 ${sha256})`]];
  const heard = knownSoundEncoder({ encoder: keptEncoder(modality, "speech") });
  if (heard !== undefined)
    return row(`${heard.input} to ${heard.output}, ${heard.rate} samples a second`, heard.sha256);
  const read = knownTextEncoder(modality);
  if (read !== undefined)
    return row(`${read.inputs.join(", ")} to ${read.output}, tokenizer ${read.tokenizer}`, read.sha256);
  const seen = knownEncoder(modality);
  if (seen === undefined) return [];
  const { input, output, layout, pixels, sha256 } = seen;
  return row(`${input} ${layout} to ${output}, pixels ${pixels}`, sha256);
}

const knownWords = ({ name, role, derived }: ConditionColumn): string =>
  `${name} (${derived === undefined ? role : "made of the data themselves"})`;

const spanOf = ({ axis }: LabelField): LabelSpan => (axis === "T" ? "step" : "sequence");

/** What tells the size of the data that a model is of. */
function sizeOfData(given: ModelData): object {
  if ("columns" in given) return { columns: given.columns.length };
  if ("tracks" in given) return { columns: given.tracks.length };
  if ("pairs" in given) return { tokens: given.pairs };
  return "tokens" in given ? { tokens: given.tokens } : given;
}

function extentOf(given: ModelData): string {
  if ("tokens" in given) return counted(given.tokens, "token");
  if ("pairs" in given) return `pairs of texts, ${counted(given.pairs, "token")}`;
  if ("captions" in given)
    return `pictures of ${given.picture.join(" × ")}, ${counted(given.captions, "token")}`;
  if ("frames" in given) return `frames of ${given.frames.join(" × ")}, ${counted(given.levels, "shade")}`;
  if ("tracks" in given) return `tracks, ${counted(given.seen, "number")} of what was seen of an agent`;
  const { columns, scaleSteps } = given;
  const scaled = scaleSteps === undefined ? "" : `, each sequence scaled by its first ${scaleSteps} steps`;
  return `${counted(columns.length, "column")}${scaled}`;
}

function tensorLines({ parameters }: Model, total: number): string[] {
  const rows = parameters.map(({ name, shape }) => ["", name, `[${shape.join(", ")}]`]);
  return [`parameters  ${grouped(total)}`, ...aligned(rows)];
}

/** @param bound what the bound is called of this model; metrics keep it by the name of the first objective */
function metricLines(events: readonly RunEvent[], bound: string): string[] {
  const series = ["train", "valid"].map(
    (split) => [`${split}/${bound}`, valuesOf(events, `${split}/elbo`)] as const,
  );
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
