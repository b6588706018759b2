import { join } from "node:path";
import type { Column, Sequence } from "../data/dataset.ts";
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
  readonly json?: true;
}

export const sample: CliCommand = {
  name: "sample",
  summary: "sequences that a trained model makes up, as tables or piano rolls and as pictures",
  define: (command) =>
    command
      .argument("<run>", "the folder of a run")
      .option("--count <sequences>", "how many", wholeNumber, 4)
      .option("--steps <steps>", "how long each is", wholeNumber, 64)
      .option("--out <folder>", "where they go", "out")
      .option("--seed <number>", "the same seed gives the same sequences", wholeNumber, 1)
      .option("--temperature <factor>", "1 is the model's own spread, less is tamer", decimal, 1)
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { count, steps, out, seed, temperature } = options;
  checkOptions(options);
  const [{ openRun }, { nodeRuntime }, { sampleSequences }, { writeFileAtomic }] = await Promise.all([
    import("../run/run.ts"),
    import("../runtime/node.ts"),
    import("../tasks/sample.ts"),
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
  const files = Object.entries(await filesOf(columns, sequences));
  for (const [name, content] of files) writeFileAtomic(join(out, name), content);
  tell(`${count} sequences of ${steps} steps in ${out}`);
  if (options.json)
    printJson({ run: path, count, steps, seed, temperature, files: files.map(([name]) => join(out, name)) });
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
