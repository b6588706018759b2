import { grouped, nats } from "../text/figures.ts";
import { addDataOptions, chosenData, type DataOptions } from "./chosen.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { printJson, requirePlace, writeTables } from "./output.ts";
import { wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options extends DataOptions {
  readonly out?: string;
  readonly seed: number;
  readonly samples: number;
  readonly json?: true;
}

export const score: CliCommand = {
  name: "score",
  summary: "how likely each step of some data is: nats in all, per column and of the latent variables",
  define: (command) =>
    addDataOptions(command.argument("<run>", "the folder of a run"))
      .option("--out <file>", "where the table goes (default: stdout)")
      .option("--seed <number>", "of the draws of the latent variables", wholeNumber, 1)
      .option("--samples <count>", "draws that are averaged", wholeNumber, 1)
      .option("--json", "print one JSON object on stdout; needs --out")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { out, seed, samples, json } = options;
  requirePlace(json, out);
  if (samples < 1) throw usageError("option '--samples': there must be one at least");
  const [{ openRun }, { nodeRuntime }, { scoreSequences }, { scoreTable }, { summariseNats }] =
    await Promise.all([
      import("../run/run.ts"),
      import("../runtime/node.ts"),
      import("../tasks/score.ts"),
      import("../tasks/score-table.ts"),
      import("../metrics/nats.ts"),
    ]);
  const { config, model, weights } = openRun(path);
  const { sequences, time } = await chosenData(config, options);
  const { columns } = config;
  const scores = await scoreSequences({
    runtime: nodeRuntime(),
    model,
    weights,
    columns,
    sequences,
    seed,
    samples,
  });
  const table = scoreTable(
    columns,
    sequences.map((sequence, i) => ({ sequence, scores: scores[i]! })),
    time,
  );
  await writeTables([[out, table]]);
  if (out === undefined) return;
  const { natsPerStep, meanOfSequences, steps } = summariseNats(scores.map(({ total }) => total));
  tell(`${grouped(steps)} steps, ${nats(natsPerStep)} nats per step, written to ${out}`);
  if (json)
    printJson({ out, bound: "elbo", natsPerStep, meanOfSequences, sequences: sequences.length, steps });
}
