/** Which options of an operation its help lists. */
import type { Choices } from "../operations/operation.ts";
import type * as z from "../zod.ts";

/** What was said to an operation, before it is checked. */
export interface Said {
  /** What was said of its inputs, by their keys. */
  readonly words: Choices;
  /** The data or the run that it is about, where they were named first. */
  readonly path?: string | undefined;
}

/** Whether an option is listed, by the way to it in the input, and its metadata. */
export type Listed = (path: readonly string[], metadata: z.core.GlobalMeta) => boolean;
