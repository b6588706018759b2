import type { CliCommand } from "./command.ts";
import { evaluate } from "./evaluate.ts";
import { info } from "./info.ts";
import { train } from "./train.ts";

/** Every command, in the order of the help. */
export const commands: readonly CliCommand[] = [train, evaluate, info];
