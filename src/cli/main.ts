#!/usr/bin/env node
import { commands } from "./commands.ts";
import { reportError } from "./errors.ts";
import { survivePipes } from "./output.ts";
import { makeProgram } from "./program.ts";

survivePipes();
try {
  const program = await makeProgram(commands, process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
