import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, SPLIT_NAMES } from "../data/dataset.ts";
import { counted } from "../data/summary.ts";
import type { SequenceModel } from "../models/sequence.ts";
import type { RunEvent } from "../run/events.ts";
import type { RunConfig } from "../run/run-config.ts";
import { aligned } from "../text/aligned.ts";
import { fileSize, grouped, nats } from "../text/figures.ts";
import { sparkline } from "../text/sparkline.ts";
import type { CliCommand } from "./command.ts";
import { printJson, printLines } from "./output.ts";

interface Options {
  readonly json?: true;
}

export const info: CliCommand = {
  name: "info",
  summary: "what a run holds, or what is inferred from a data file",
  define: (command) =>
    command
      .argument("<path>", "the folder of a run, or data")
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(path: string, { json }: Options): Promise<void> {
  const { RunFolder } = await import("../run/folder.ts");
  const [described, lines] = RunFolder.isRun(path) ? await describeRun(path) : await describeData(path);
  if (json) printJson(described);
  else printLines(lines);
}

type Description = readonly [json: object, lines: readonly string[]];

async function describeData(path: string): Promise<Description> {
  const [{ readDataset }, { describeDataset }] = await Promise.all([
    import("../data/files.ts"),
    import("../data/summary.ts"),
  ]);
  const data = readDataset(path);
  const { columns, notes, time } = data;
  return [
    { kind: "data", path, splits: sizesOf(data), columns, notes, ...(time && { time }) },
    describeDataset(data),
  ];
}

const sizesOf = ({ splits }: Dataset) =>
  Object.fromEntries(
    SPLIT_NAMES.map((name) => {
      const steps = splits[name].reduce((sum, { length }) => sum + length, 0);
      return [name, { sequences: splits[name].length, steps }];
    }),
  );

async function describeRun(path: string): Promise<Description> {
  const [{ RunFolder }, { runConfig }, { modelOf }, { countOf }] = await Promise.all([
    import("../run/folder.ts"),
    import("../run/run-config.ts"),
    import("../run/run.ts"),
    import("../nn/parameters.ts"),
  ]);
  const folder = RunFolder.open(path, runConfig);
  const { config } = folder;
  const model = modelOf(config);
  const events = folder.events();
  const files = filesOf(path);
  const total = countOf(model.parameters);
  const tensors = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, shape]));
  const { columns, ...settings } = config;
  const described = {
    kind: "run",
    run: path,
    ...settings,
    columns: columns.length,
    parameters: { total, tensors },
    metrics: events,
    files,
  };
  return [
    described,
    [...configLines(config), ...tensorLines(model, total), ...metricLines(events), ...fileLines(files)],
  ];
}

function filesOf(path: string): Record<string, number> {
  const names = readdirSync(path).filter((name) => statSync(join(path, name)).isFile());
  return Object.fromEntries(names.sort().map((name) => [name, statSync(join(path, name)).size]));
}

function configLines({ vrnn, family, model, training, data, columns, conditions = [] }: RunConfig): string[] {
  const told = (options: object) =>
    Object.entries(options)
      .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
      .join(", ");
  const gone = existsSync(data.path) ? "" : " (no longer there)";
  return aligned([
    ["model", `${family} (${told(model)})`],
    ["training", told(training)],
    ["data", `${data.path}${gone}, ${counted(columns.length, "column")}`],
    ...(conditions.length > 0
      ? [["known", conditions.map(({ name, role }) => `${name} (${role})`).join(", ")]]
      : []),
    ["version", vrnn],
  ]);
}

function tensorLines({ parameters }: SequenceModel, total: number): string[] {
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
