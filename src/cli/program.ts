import { Command } from "commander";
import { projectVersion } from "../run/version.ts";
import { type CommandEntry, subjects } from "./commands.ts";

/**
 * The command line as commander sees it. Mistakes in it are thrown, and told by nobody yet.
 *
 * @param words what the user typed: only the command that they name is loaded, the others are listed.
 */
export async function makeProgram(
  commands: Readonly<Record<string, CommandEntry>>,
  words: readonly string[],
): Promise<Command> {
  const program = new Command("vrnn")
    .description(
      "Variational recurrent neural networks: train on sequences, score, sample, find what is odd.",
    )
    .version(projectVersion)
    .configureHelp({ subcommandTerm: (command) => termOf(command, commands) })
    .configureOutput({ outputError: () => {} }) // it is thrown as well, and told by who catches it
    .showHelpAfterError(false)
    .exitOverride();
  for (const [name, entry] of Object.entries(commands)) {
    const command = program.command(name).description(entry.summary);
    if (!words.includes(name)) continue;
    const { defineCommand } = await import("./command.ts");
    await defineCommand(command, entry, words);
  }
  return program;
}

/** How a command is listed; `help` is commander's own. */
function termOf(command: Command, commands: Readonly<Record<string, CommandEntry>>): string {
  const entry = commands[command.name()];
  if (entry === undefined) return `${command.name()} [command]`;
  const named = [subjects[entry.subject]?.argument ?? "", entry.further?.argument ?? ""];
  return ["[options]", ...named].reduce(
    (term, part) => (part === "" ? term : `${term} ${part}`),
    command.name(),
  );
}
