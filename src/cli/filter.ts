import { counted } from "../data/summary.ts";
import type { Filtered } from "../tasks/filter.ts";
import { addDataOptions, chosenData, type DataOptions } from "./chosen.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson, requirePlace, writeTables } from "./output.ts";
import { levels, wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options extends DataOptions {
  readonly samples: number;
  readonly quantiles: readonly number[];
  readonly out?: string;
  readonly seed: number;
  readonly json?: true;
}

export const filter: CliCommand = {
  name: "filter",
  summary: "what was expected of each step before it was seen, and what is to be made of it after",
  define: (command) =>
    addDataOptions(command.argument("<run>", "the folder of a run"))
      .option("--samples <count>", "particles that follow each sequence", wholeNumber, 200)
      .option("--quantiles <levels>", "of the forecast, between 0 and 1, by comma", levels, [0.1, 0.5, 0.9])
      .option("--out <file>", "where the table goes (default: stdout)")
      .option("--seed <number>", "the same seed gives the same table", wholeNumber, 1)
      .option("--json", "print one JSON object on stdout; needs --out")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { samples, seed, out, json, quantiles } = options;
  requirePlace(json, out);
  const { filtered, columns, time } = await filteredBy(path, options);
  const { filterTable } = await import("../tasks/filter.ts");
  await writeTables([[out, filterTable(filtered, { columns, levels: quantiles, time })]]);
  if (out !== undefined) tell(`${counted(filtered.length, "sequence")} filtered, written to ${out}`);
  if (json) printJson({ out, sequences: filtered.length, samples, quantiles, seed });
}

/** Leads particles through the chosen data. */
export async function filteredBy(path: string, options: DataOptions & Pick<Options, "samples" | "seed">) {
  const { samples: particles, seed } = options;
  if (particles < 1) throw usageError("option '--samples': there must be one at least");
  const [{ openRun }, { nodeRuntime }, { filterSequences }] = await Promise.all([
    import("../run/run.ts"),
    import("../runtime/node.ts"),
    import("../tasks/filter.ts"),
  ]);
  const { config, model, weights } = openRun(path);
  const { sequences, time } = await chosenData(config, options);
  const { columns } = config;
  const settings = { runtime: nodeRuntime(), model, weights, columns, particles, seed };
  const filtered: Filtered[] = await filterSequences({ ...settings, sequences });
  return { filtered, columns, time };
}
