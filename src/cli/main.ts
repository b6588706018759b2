#!/usr/bin/env node
import { commands } from "./commands.ts";
import { reportError } from "./errors.ts";
import { survivePipes } from "./output.ts";
import { makeProgram } from "./program.ts";

survivePipes();
const words = process.argv.slice(2);
try {
  const program = await makeProgram(commands, words);
  await program.parseAsync();
} catch (error) {
  const { explained } = await import("./unknown-option.ts");
  process.exitCode = reportError(await explained(error, commands, words));
}
