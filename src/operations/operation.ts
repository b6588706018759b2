import type * as z from "../zod.ts";
import type { Context } from "./context.ts";
import type { Event } from "./event.ts";

/** What an operation needs to be told: an object, whose parts carry flags and help as metadata (`options.ts`). */
export type InputSchema = z.ZodMiniObject;

/**
 * Something that people do with data, models and runs.
 *
 * Whoever offers it (the command line, a browser's worker) derives the options from `input`, supplies the `context`
 * and shows the events; nobody branches on its name.
 */
export interface Operation<Schema extends InputSchema = InputSchema, Result = unknown> {
  readonly input: Schema;
  /** What it gives: figures to read, a table (printed unless its input `out` says where it goes), or an answer a line. */
  readonly output: "figures" | "table" | "answers";
  /** Inputs that decide what the others are. */
  readonly variants?: Variants;
  /**
   * Does the work. What it is given is checked and complete.
   *
   * @param given what was said, without the defaults.
   * @throws VrnnError in one line: what, where and the remedy; nothing is half written.
   */
  run(context: Context, input: z.output<Schema>, given: z.input<Schema>): AsyncIterable<Event<Result>>;
}

/** How the values of some inputs decide what the others are. */
export interface Variants {
  readonly keys: readonly string[];
  /**
   * @param chosen values by key; what is left out has its default.
   * @throws VrnnError for a name that nobody knows, with the one that was meant.
   */
  readonly inputOf: (chosen: Choices) => Promise<InputSchema>;
}

/** What was chosen among variants. */
export type Choices = Readonly<Record<string, string | undefined>>;

/** Says of what an operation is made; its types follow from its schema. */
export const operation = <Schema extends InputSchema, Result>(
  definition: Operation<Schema, Result>,
): Operation<Schema, Result> => definition;
