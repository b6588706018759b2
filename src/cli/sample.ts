import { join } from "node:path";
import type { Column, Sequence } from "../data/dataset.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson } from "./output.ts";
import { decimal, wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options {
  readonly count: number;
  readonly steps: number;
  readonly out: string;
  readonly seed: number;
  readonly temperature: number;
  readonly prefix?: string;
  readonly json?: true;
}

export const sample: CliCommand = {
  name: "sample",
  summary:
    "sequences that a trained model makes up or goes on with, as tables or piano rolls and as pictures",
  define: (command) =>
    command
      .argument("<run>", "the folder of a run")
      .option("--count <sequences>", "how many", wholeNumber, 4)
      .option("--steps <steps>", "how long each is", wholeNumber, 64)
      .option(
        "--prefix <path>",
        "data to go on from: each sample is one of its sequences and what comes after",
      )
      .option("--out <folder>", "where they go", "out")
      .option("--seed <number>", "the same seed gives the same sequences", wholeNumber, 1)
      .option("--temperature <factor>", "1 is the model's own spread, less is tamer", decimal, 1)
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { count, steps, out, seed, temperature, prefix } = options;
  checkOptions(options);
  const [{ openRun }, { nodeRuntime }, { writeFileAtomic }] = await Promise.all([
    import("../run/run.ts"),
    import("../runtime/node.ts"),
    import("../run/atomic.ts"),
  ]);
  const trained = openRun(path);
  const { columns } = trained.config;
  const runtime = nodeRuntime();
  const sequences =
    prefix === undefined
      ? await fromNothing(trained, runtime, options)
      : await fromPrefix(trained, runtime, prefix, options);
  const files = Object.entries(await filesOf(columns, sequences));
  for (const [name, content] of files) writeFileAtomic(join(out, name), content);
  tell(`${sequences.length} sequences of ${steps} steps in ${out}`);
  if (options.json) {
    const made = { run: path, ...(prefix !== undefined && { prefix }), count, steps, seed, temperature };
    printJson({ ...made, files: files.map(([name]) => join(out, name)) });
  }
}

/** Sequences that begin in a fresh state. */
async function fromNothing(
  { model, weights, config: { columns } }: Run,
  runtime: Runtime,
  { count, steps, seed, temperature }: Options,
): Promise<Sequence[]> {
  const { sampleSequences } = await import("../tasks/sample.ts");
  return sampleSequences({ runtime, model, weights, columns, count, steps, seed, temperature });
}

/** So many continuations of each sequence of some data, the sequence itself before each. */
async function fromPrefix(
  { model, weights, config }: Run,
  runtime: Runtime,
  path: string,
  { count: particles, steps: horizon, seed, temperature }: Options,
): Promise<Sequence[]> {
  const [{ readOtherData }, { continuationsOf, forecastSequences }] = await Promise.all([
    import("../run/data.ts"),
    import("../tasks/forecast.ts"),
  ]);
  const { columns } = config;
  const sequences = readOtherData(config, path);
  const settings = { runtime, model, weights, columns, particles, horizon, seed, temperature };
  const forecasts = await forecastSequences({ ...settings, sequences });
  return forecasts.flatMap((forecast) => continuationsOf(forecast, columns));
}

function checkOptions({ count, steps, temperature }: Options): void {
  if (count < 1) throw usageError("option '--count': there must be one at least");
  if (steps < 1) throw usageError("option '--steps': there must be one at least");
  if (!(temperature > 0)) throw usageError("option '--temperature': it must be above 0");
}

/** Names of files and what goes into them. */
async function filesOf(
  columns: readonly Column[],
  sequences: readonly Sequence[],
): Promise<Record<string, string>> {
  const [{ arePitches, pianoRollJson, sequenceCsv }, { picturesOf }] = await Promise.all([
    import("../data/write.ts"),
    import("../run/report-content.ts"),
  ]);
  const tables = arePitches(columns)
    ? { "samples.json": pianoRollJson(columns, sequences) }
    : Object.fromEntries(sequences.map((each, i) => [`sample-${i + 1}.csv`, sequenceCsv(columns, each)]));
  return { ...tables, ...picturesOf(columns, sequences) };
}
