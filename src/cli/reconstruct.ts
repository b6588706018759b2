import { aligned } from "../text/aligned.ts";
import { grouped } from "../text/figures.ts";
import { addDataOptions, type DataOptions } from "./chosen.ts";
import type { CliCommand } from "./command.ts";
import { filteredBy } from "./filter.ts";
import { printJson, requirePlace, writeTables } from "./output.ts";
import { wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options extends DataOptions {
  readonly samples: number;
  readonly out?: string;
  readonly seed: number;
  readonly json?: true;
}

export const reconstruct: CliCommand = {
  name: "reconstruct",
  summary: "what a trained model makes of data that it has seen, and how far off it is",
  define: (command) =>
    addDataOptions(command.argument("<run>", "the folder of a run"))
      .option("--samples <count>", "particles that are averaged", wholeNumber, 16)
      .option("--out <file>", "where the table goes (default: stdout)")
      .option("--seed <number>", "the same seed gives the same table", wholeNumber, 1)
      .option("--json", "print one JSON object on stdout; needs --out")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { out, json } = options;
  requirePlace(json, out);
  const { filtered, columns, time } = await filteredBy(path, options);
  const { reconstructionErrors, reconstructionTable } = await import("../tasks/reconstruct.ts");
  await writeTables([[out, reconstructionTable(filtered, columns, time)]]);
  const errors = reconstructionErrors(filtered, columns);
  if (json) return printJson({ out, sequences: filtered.length, errors });
  const rows = errors.map(({ column, error, count }) => [column, error.toPrecision(4), grouped(count)]);
  for (const line of aligned([["column", "error", "entries"], ...rows])) tell(line);
}
