import type { Dataset, Sequence, SplitName, TimeColumn } from "../data/dataset.ts";
import type { RunConfig } from "../run/run-config.ts";
import type { CliCommand } from "./command.ts";
import { usageError } from "./errors.ts";
import { grouped, nats } from "./format.ts";
import { printJson } from "./output.ts";
import { oneOf, wholeNumber } from "./parse.ts";
import { tell } from "./terminal.ts";

interface Options {
  readonly data?: string;
  readonly split?: SplitName;
  readonly out?: string;
  readonly seed: number;
  readonly samples: number;
  readonly json?: true;
}

const splitNames: readonly SplitName[] = ["train", "valid", "test"];

export const score: CliCommand = {
  name: "score",
  summary: "how likely each step of some data is: nats in all, per column and of the latent variables",
  define: (command) =>
    command
      .argument("<run>", "the folder of a run")
      .option("--data <path>", "data with the run's columns (default: those that the run was trained on)")
      .option(
        "--split <name>",
        `${splitNames.join(", ")} (default: test; with --data: all of it)`,
        oneOf(splitNames),
      )
      .option("--out <file>", "where the table goes (default: stdout)")
      .option("--seed <number>", "of the draws of the latent variables", wholeNumber, 1)
      .option("--samples <count>", "draws that are averaged", wholeNumber, 1)
      .option("--json", "print one JSON object on stdout; needs --out")
      .action(run),
};

async function run(path: string, { data, split, out, seed, samples, json }: Options): Promise<void> {
  if (json && out === undefined)
    throw usageError("--json leaves no place for the table", "say where it goes with --out");
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
  const { sequences, time } = await chosen(config, data, split);
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
  if (out === undefined) return void process.stdout.write(table);
  const { writeFileAtomic } = await import("../run/atomic.ts");
  writeFileAtomic(out, table);
  const { natsPerStep, meanOfSequences, steps } = summariseNats(scores.map(({ total }) => total));
  tell(`${grouped(steps)} steps, ${nats(natsPerStep)} nats per step, written to ${out}`);
  if (json)
    printJson({ out, bound: "elbo", natsPerStep, meanOfSequences, sequences: sequences.length, steps });
}

interface Chosen {
  readonly sequences: readonly Sequence[];
  readonly time: TimeColumn | undefined;
}

async function chosen(
  config: RunConfig,
  path: string | undefined,
  split: SplitName | undefined,
): Promise<Chosen> {
  const { readOtherData, readRunData, sequencesOf } = await import("../run/data.ts");
  const data: Dataset = readRunData(config, path);
  const sequences =
    path === undefined
      ? sequencesOf(data, split ?? "test", config.data.path)
      : readOtherData(config, path, split);
  return { sequences, time: data.time };
}
