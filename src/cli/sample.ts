import { join } from "node:path";
import type { Sequence } from "../data/dataset.ts";
import { FINEST_GRID, type Playing, TEMPO_RANGE } from "../data/playing.ts";
import { counted } from "../data/summary.ts";
import type { Run } from "../run/run.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson } from "./output.ts";
import { decimal, pairs, wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options {
  readonly count: number;
  readonly steps: number;
  readonly out: string;
  readonly seed: number;
  readonly temperature: number;
  readonly tempo: number;
  readonly grid?: number;
  readonly prefix?: string;
  readonly given?: Readonly<Record<string, string>>;
  readonly future?: string;
  readonly json?: true;
}

export const sample: CliCommand = {
  name: "sample",
  summary:
    "sequences that a trained model makes up or goes on with, as tables, music or drawings and as pictures",
  define: (command) =>
    command
      .argument("<run>", "the folder of a run")
      .option("--count <sequences>", "how many", wholeNumber, 4)
      .option("--steps <steps>", "how long each is", wholeNumber, 64)
      .option(
        "--prefix <path>",
        "data to go on from: each sample is one of its sequences and what comes after",
      )
      .option(
        "--given <column=value>",
        "a condition that holds at every step; may be repeated",
        pairs(String),
      )
      .option("--future <file>", "a table of the covariates of the steps to be sampled")
      .option("--out <folder>", "where they go", "out")
      .option("--seed <number>", "the same seed gives the same sequences", wholeNumber, 1)
      .option("--temperature <factor>", "1 is the model's own spread, less is tamer", decimal, 1)
      .option("--tempo <beats>", "music: beats a minute", decimal, 100)
      .option(
        "--grid <steps>",
        "music: steps to a beat (default: those of the run's MIDI files, else 1)",
        wholeNumber,
      )
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { count, steps, out, seed, temperature, prefix } = options;
  checkOptions(options);
  const [{ openRun }, { nodeRuntime }, { filesOf }, { writeFileAtomic }] = await Promise.all([
    import("../run/run.ts"),
    import("../runtime/node.ts"),
    import("./sample-files.ts"),
    import("../run/atomic.ts"),
  ]);
  const trained = openRun(path);
  const { columns, data } = trained.config;
  const runtime = nodeRuntime();
  const sequences =
    prefix === undefined
      ? await fromNothing(trained, runtime, options)
      : await fromPrefix(trained, runtime, prefix, options);
  const playing = { tempo: options.tempo, grid: options.grid ?? data.schema.grid ?? STEPS_PER_BEAT };
  const files = Object.entries(filesOf(columns, sequences, playing));
  for (const [name, content] of files) writeFileAtomic(join(out, name), content);
  tell(`${counted(sequences.length, "sequence")} of ${counted(steps, "step")} in ${out}`);
  if (files.some(([name]) => name.endsWith(".mid"))) tell(playedAt(playing));
  if (options.json) {
    const made = { run: path, ...(prefix !== undefined && { prefix }), count, steps, seed, temperature };
    printJson({ ...made, files: files.map(([name]) => join(out, name)) });
  }
}

/** Sequences that begin in a fresh state. */
async function fromNothing(
  trained: Run,
  runtime: Runtime,
  { count, steps, seed, temperature, given, future }: Options,
): Promise<Sequence[]> {
  const [{ sampleSequences }, { knownSteps }] = await Promise.all([
    import("../tasks/sample.ts"),
    import("../run/covariates.ts"),
  ]);
  const { model, weights, config } = trained;
  const known = knownSteps(trained, steps, { values: given ?? {}, future });
  return sampleSequences({
    runtime,
    model,
    weights,
    columns: config.columns,
    count,
    steps,
    seed,
    temperature,
    ...(known && { known }),
  });
}

/** So many continuations of each sequence of some data, the sequence itself before each. */
async function fromPrefix(
  trained: Run,
  runtime: Runtime,
  path: string,
  { count: particles, steps: horizon, seed, temperature, future: ahead }: Options,
): Promise<Sequence[]> {
  const [{ readOtherData }, { readFuture }, { continuationsOf, forecastSequences }] = await Promise.all([
    import("../run/data.ts"),
    import("../run/covariates.ts"),
    import("../tasks/forecast.ts"),
  ]);
  const { model, weights, config } = trained;
  const { columns } = config;
  const sequences = readOtherData(config, path);
  const future = ahead === undefined ? undefined : readFuture(trained, ahead, sequences);
  const settings = { runtime, model, weights, columns, particles, horizon, seed, temperature };
  const forecasts = await forecastSequences({ ...settings, sequences, ...(future && { future }) });
  return forecasts.flatMap((forecast) => continuationsOf(forecast, columns));
}

/** Piano rolls in JSON say nothing of beats; those of Bach's chorales hold a quarter note to a step. */
const STEPS_PER_BEAT = 1;

const playedAt = ({ tempo, grid }: Playing): string =>
  `played at ${tempo} beats a minute, ${grid} ${grid === 1 ? "step" : "steps"} to a beat`;

function checkOptions({
  count,
  steps,
  temperature,
  tempo,
  grid = STEPS_PER_BEAT,
  prefix,
  given,
}: Options): void {
  if (prefix !== undefined && given !== undefined)
    throw usageError("--given and --prefix exclude each other", "the prefix holds its conditions itself");
  if (count < 1) throw usageError("option '--count': there must be one at least");
  if (steps < 1) throw usageError("option '--steps': there must be one at least");
  if (!(temperature > 0)) throw usageError("option '--temperature': it must be above 0");
  const [slowest, fastest] = TEMPO_RANGE;
  if (!(tempo >= slowest && tempo <= fastest))
    throw usageError(`option '--tempo': it must be from ${slowest} to ${fastest}`);
  if (!(grid >= 1 && grid <= FINEST_GRID))
    throw usageError(`option '--grid': it must be from 1 to ${FINEST_GRID}`);
}
