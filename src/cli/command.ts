import type { Command } from "commander";

/** A command of `vrnn`: what it is called, what it does, and how its arguments, options and action are declared. */
export interface CliCommand {
  readonly name: string;
  readonly summary: string;
  /**
   * Declares arguments and options and sets the action. What is heavy to load (the runtime, the training) is imported
   * by the action when it runs.
   */
  define(command: Command): void;
}
