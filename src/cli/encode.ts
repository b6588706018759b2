import { counted } from "../data/summary.ts";
import { latentWidth } from "../models/model.ts";
import { addDataOptions, chosenData, type DataOptions } from "./chosen.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson, requirePlace, writeTables } from "./output.ts";
import { wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options extends DataOptions {
  readonly samples: number;
  readonly out?: string;
  readonly state?: true;
  readonly seed: number;
  readonly json?: true;
}

export const encode: CliCommand = {
  name: "encode",
  summary: "the latent variables behind each step: posterior means and scales",
  define: (command) =>
    addDataOptions(command.argument("<run>", "the folder of a run"))
      .option("--samples <count>", "particles whose posteriors are taken together", wholeNumber, 16)
      .option("--state", "the recurrent state too")
      .option("--out <file>", "where the table goes (default: stdout)")
      .option("--seed <number>", "the same seed gives the same table", wholeNumber, 1)
      .option("--json", "print one JSON object on stdout; needs --out")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { samples: particles, seed, out, state, json } = options;
  requirePlace(json, out);
  if (particles < 1) throw usageError("option '--samples': there must be one at least");
  const [{ openRun }, { nodeRuntime }, { encodeSequences, encodingTable }] = await Promise.all([
    import("../run/run.ts"),
    import("../runtime/node.ts"),
    import("../tasks/encode.ts"),
  ]);
  const { config, model, weights } = openRun(path);
  const { sequences, time } = await chosenData(config, options);
  const settings = { runtime: nodeRuntime(), model, weights, columns: config.columns, particles, seed };
  const encoded = await encodeSequences({ ...settings, sequences });
  await writeTables([[out, encodingTable(encoded, { time, withState: state === true })]]);
  if (out !== undefined) tell(`${counted(encoded.length, "sequence")} encoded, written to ${out}`);
  if (json)
    printJson({ out, sequences: encoded.length, latent: latentWidth(model), samples: particles, seed });
}
