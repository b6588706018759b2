import { type Sequence, SPLIT_NAMES, type SplitName } from "../data/dataset.ts";
import type { RunConfig } from "../run/run-config.ts";
import type { CliCommand } from "./command.ts";
import { aligned, grouped, nats } from "./format.ts";
import { printJson, printLines } from "./output.ts";
import { oneOf } from "./parse.ts";

interface Options {
  readonly split?: SplitName;
  readonly data?: string;
  readonly json?: true;
}

export const evaluate: CliCommand = {
  name: "evaluate",
  summary: "the bound of a trained model on a split of its data, or on other data",
  define: (command) =>
    command
      .argument("<run>", "the folder of a run")
      .option(
        "--split <name>",
        `${SPLIT_NAMES.join(", ")} (default: test; with --data: all of it)`,
        oneOf(SPLIT_NAMES),
      )
      .option("--data <path>", "other data with the same columns, or the same data at another place")
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(path: string, { split, data, json }: Options): Promise<void> {
  const [{ openRun }, { evaluateRun }, { nodeRuntime }] = await Promise.all([
    import("../run/run.ts"),
    import("../run/evaluate.ts"),
    import("../runtime/node.ts"),
  ]);
  const trained = openRun(path);
  const sequences = await sequencesFor(trained.config, data, split);
  const result = await evaluateRun(trained, sequences, nodeRuntime());
  const { natsPerStep, meanOfSequences, steps } = result;
  if (json)
    return printJson({ bound: "elbo", natsPerStep, meanOfSequences, sequences: sequences.length, steps });
  printLines(
    aligned([
      ["elbo per step", `${nats(natsPerStep)} nats`],
      ["elbo per sequence", `${nats(meanOfSequences)} nats`],
      ["sequences", grouped(sequences.length)],
      ["steps", grouped(steps)],
    ]),
  );
}

async function sequencesFor(
  config: RunConfig,
  path: string | undefined,
  split: SplitName | undefined,
): Promise<Sequence[]> {
  const { readOtherData, readRunData, sequencesOf } = await import("../run/data.ts");
  if (path !== undefined) return readOtherData(config, path, split);
  return sequencesOf(readRunData(config), split ?? "test", config.data.path);
}
