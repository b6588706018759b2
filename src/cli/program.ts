import { Command } from "commander";
import { projectVersion } from "../run/version.ts";
import type { CliCommand } from "./command.ts";
import { oneLine } from "./errors.ts";

/** The command line as commander sees it. Mistakes in it are thrown, after they were told in one line. */
export function makeProgram(commands: readonly CliCommand[]): Command {
  const program = new Command("vrnn")
    .description(
      "Variational recurrent neural networks: train on sequences, score, sample, find what is odd.",
    )
    .version(projectVersion)
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) })
    .showHelpAfterError(false)
    .exitOverride();
  for (const { name, summary, define } of commands) define(program.command(name).description(summary));
  return program;
}
