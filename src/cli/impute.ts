import { grouped } from "../text/figures.ts";
import { addDataOptions, chosenData, type DataOptions } from "./chosen.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson, requirePlace, writeTables } from "./output.ts";
import { levels, wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options extends DataOptions {
  readonly samples: number;
  readonly lag: number;
  readonly quantiles: readonly number[];
  readonly out?: string;
  readonly entries?: string;
  readonly draws?: string;
  readonly seed: number;
  readonly json?: true;
}

export const impute: CliCommand = {
  name: "impute",
  summary: "fill what is missing by what came before and what came after, and say how surely",
  define: (command) =>
    addDataOptions(command.argument("<run>", "the folder of a run"))
      .option("--samples <count>", "particles, each with values of its own in the gaps", wholeNumber, 100)
      .option("--lag <steps>", "how many later steps a gap learns from", wholeNumber, 25)
      .option("--quantiles <levels>", "between 0 and 1, by comma", levels, [0.1, 0.5, 0.9])
      .option("--out <file>", "where the filled table goes (default: stdout)")
      .option("--entries <file>", "where a table of the filled entries goes: their means and quantiles")
      .option("--draws <file>", "where a table of all draws of the filled entries goes")
      .option("--seed <number>", "the same seed fills in the same values", wholeNumber, 1)
      .option("--json", "print one JSON object on stdout; needs --out")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { samples: particles, lag, quantiles, out, seed, json } = options;
  requirePlace(json, out);
  if (particles < 1) throw usageError("option '--samples': there must be one at least");
  const [{ openRun }, { nodeRuntime }, { imputeSequences }, tables] = await Promise.all([
    import("../run/run.ts"),
    import("../runtime/node.ts"),
    import("../tasks/impute.ts"),
    import("../tasks/impute-table.ts"),
  ]);
  const { config, model, weights } = openRun(path);
  const { columns } = config;
  const { sequences, time } = await chosenData(config, options);
  const settings = { runtime: nodeRuntime(), model, weights, columns, particles, seed };
  const imputed = await imputeSequences({ ...settings, sequences, lag });
  const shape = { columns, time, levels: quantiles };
  await writeTables([
    [out, tables.filledTable(imputed, shape, config.data.schema.sequence)],
    ...(options.entries === undefined ? [] : [[options.entries, tables.gapTable(imputed, shape)] as const]),
    ...(options.draws === undefined ? [] : [[options.draws, tables.drawTable(imputed, shape)] as const]),
  ]);
  const filled = imputed.reduce((count, { gaps }) => count + gaps.length, 0);
  tell(filled === 0 ? "nothing was missing: the table is as it was" : `${grouped(filled)} entries filled`);
  if (json) {
    const { entries, draws } = options;
    printJson({ out, entries, draws, sequences: imputed.length, filled, samples: particles, lag, seed });
  }
}
