import { aligned } from "../text/aligned.ts";
import { grouped, nats } from "../text/figures.ts";
import { addDataOptions, chosenData, type DataOptions } from "./chosen.ts";
import type { CliCommand } from "./command.ts";
import { printJson, printLines } from "./output.ts";

interface Options extends DataOptions {
  readonly perSequence?: true;
  readonly json?: true;
}

export const evaluate: CliCommand = {
  name: "evaluate",
  summary: "the bound of a trained model on a split of its data, or on other data",
  define: (command) =>
    addDataOptions(command.argument("<run>", "the folder of a run"))
      .option("--per-sequence", "the bound of each sequence too")
      .option("--json", "print one JSON object on stdout")
      .action(run),
};

async function run(path: string, options: Options): Promise<void> {
  const { perSequence, json } = options;
  const [{ openRun }, { evaluateEach, evaluateRun }, { nodeRuntime }] = await Promise.all([
    import("../run/run.ts"),
    import("../run/evaluate.ts"),
    import("../runtime/node.ts"),
  ]);
  const trained = openRun(path);
  const { sequences } = await chosenData(trained.config, options);
  const { natsPerStep, meanOfSequences, steps } = await evaluateRun(trained, sequences, nodeRuntime());
  const each = perSequence ? await evaluateEach(trained, sequences, nodeRuntime()) : [];
  if (json) {
    const all = { bound: "elbo", natsPerStep, meanOfSequences, sequences: sequences.length, steps };
    return printJson({ ...all, ...(perSequence && { perSequence: each }) });
  }
  printLines(
    aligned([
      ["elbo per step", `${nats(natsPerStep)} nats`],
      ["elbo per sequence", `${nats(meanOfSequences)} nats`],
      ["sequences", grouped(sequences.length)],
      ["steps", grouped(steps)],
    ]),
  );
  if (!perSequence) return;
  const rows = each.map((one) => [one.name, grouped(one.steps), nats(one.natsPerStep), nats(one.nats)]);
  printLines(["", ...aligned([["sequence", "steps", "nats per step", "nats"], ...rows])]);
}
