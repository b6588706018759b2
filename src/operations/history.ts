/** How much of what was seen a forecast reads. */
import { type Sequence, sliceSequence } from "../data/dataset.ts";
import { option } from "../options.ts";
import { counted, grouped } from "../words/figures.ts";
import * as z from "../zod.ts";

/** A number of steps, or `all`. */
export type ContextSteps = string;

/** So many steps before it say what can be said of a forecast, and are read in a second or two. */
const USUAL = "4000";

/** The option that says how much is read. */
export const context = () =>
  option(z._default(z.textOfForm(/^(all|[1-9]\d{0,14})$/, "it must be a number of steps, or all"), USUAL), {
    flag: "--context <steps>",
    help: "how much of what was seen is read: so many of the last steps, or all",
  });

/** The last steps of a sequence. */
export const withinContext = (sequence: Sequence, context: ContextSteps): Sequence =>
  sliceSequence(sequence, Math.max(0, sequence.length - contextLength(context)), sequence.length);

/** How many steps that is at most. */
export const contextLength = (context: ContextSteps): number =>
  context === "all" ? Number.POSITIVE_INFINITY : Number(context);

/** What is to be said where not all is read. */
export function contextNotes(sequences: readonly Sequence[], context: ContextSteps): string[] {
  const most = contextLength(context);
  const longer = sequences.filter(({ length }) => length > most);
  if (longer.length === 0) return [];
  const whose = sequences.length === 1 ? "the sequence" : counted(longer.length, "sequence");
  return [`the last ${grouped(most)} steps of ${whose} are read (--context all: every step)`];
}
