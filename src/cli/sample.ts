import { join } from "node:path";
import { FINEST_GRID, type Playing, TEMPO_RANGE } from "../data/playing.ts";
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
  readonly tempo: number;
  readonly grid?: number;
  readonly json?: true;
}

export const sample: CliCommand = {
  name: "sample",
  summary: "sequences that a trained model makes up, as tables, music or drawings and as pictures",
  define: (command) =>
    command
      .argument("<run>", "the folder of a run")
      .option("--count <sequences>", "how many", wholeNumber, 4)
      .option("--steps <steps>", "how long each is", wholeNumber, 64)
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
  const { count, steps, out, seed, temperature } = options;
  checkOptions(options);
  const [{ openRun }, { nodeRuntime }, { sampleSequences }, { filesOf }, { writeFileAtomic }] =
    await Promise.all([
      import("../run/run.ts"),
      import("../runtime/node.ts"),
      import("../tasks/sample.ts"),
      import("./sample-files.ts"),
      import("../run/atomic.ts"),
    ]);
  const { config, model, weights } = openRun(path);
  const { columns } = config;
  const runtime = nodeRuntime();
  const sequences = await sampleSequences({
    runtime,
    model,
    weights,
    columns,
    count,
    steps,
    seed,
    temperature,
  });
  const playing = { tempo: options.tempo, grid: options.grid ?? config.data.schema.grid ?? STEPS_PER_BEAT };
  const files = Object.entries(filesOf(columns, sequences, playing));
  for (const [name, content] of files) writeFileAtomic(join(out, name), content);
  tell(`${count} sequences of ${steps} steps in ${out}`);
  if (files.some(([name]) => name.endsWith(".mid"))) tell(playedAt(playing));
  if (options.json)
    printJson({ run: path, count, steps, seed, temperature, files: files.map(([name]) => join(out, name)) });
}

/** Piano rolls in JSON say nothing of beats; those of Bach's chorales hold a quarter note to a step. */
const STEPS_PER_BEAT = 1;

const playedAt = ({ tempo, grid }: Playing): string =>
  `played at ${tempo} beats a minute, ${grid} ${grid === 1 ? "step" : "steps"} to a beat`;

function checkOptions({ count, steps, temperature, tempo, grid = STEPS_PER_BEAT }: Options): void {
  if (count < 1) throw usageError("option '--count': there must be one at least");
  if (steps < 1) throw usageError("option '--steps': there must be one at least");
  if (!(temperature > 0)) throw usageError("option '--temperature': it must be above 0");
  const [slowest, fastest] = TEMPO_RANGE;
  if (!(tempo >= slowest && tempo <= fastest))
    throw usageError(`option '--tempo': it must be from ${slowest} to ${fastest}`);
  if (!(grid >= 1 && grid <= FINEST_GRID))
    throw usageError(`option '--grid': it must be from 1 to ${FINEST_GRID}`);
}
