/** What kind of material a data set is: how it is read, shown and written. Nothing of it is told from column names. */
import * as z from "../zod.ts";
import { FINEST_GRID } from "./music/playing.ts";
import type { SpeechKnowledge } from "./speech/knowledge.ts";

/** The kinds of material, by name, each with what else has to be known of it. A further kind is a further line. */
const materials = [
  /** Rows of named columns. */
  z.strictObject({ name: z.literal("table") }),
  /** Keys that sound, a column each; `grid`: the steps to a beat, where the files count in beats. */
  z.strictObject({
    name: z.literal("music"),
    grid: z.exactOptional(z.int().check(z.minimum(1), z.maximum(FINEST_GRID))),
  }),
  /** Moves of a pen: `dx`, `dy` and what the pen does after each. */
  z.strictObject({ name: z.literal("strokes") }),
  /** Characters, bytes or words; or which encoder reads texts, see `TextEncoderKnowledge`. */
  z.strictObject({ name: z.literal("text"), encoder: z.exactOptional(z.unknown()) }),
  /** Texts, and others that answer them. */
  z.strictObject({ name: z.literal("pairs") }),
  /** Speech, and what is known of it: how it is heard, and how words are said. */
  z.strictObject({ name: z.literal("speech"), known: z.unknown() as z.ZodMiniType<SpeechKnowledge> }),
  /** Tracks of moving things: how many moments are seen, and how many are to come. */
  z.strictObject({ name: z.literal("motion"), observed: z.int(), ahead: z.int() }),
  /** Pictures, and what people say of each; which encoder reads them where it is not trained, see `EncoderKnowledge`. */
  z.strictObject({ name: z.literal("captions"), encoder: z.exactOptional(z.unknown()) }),
  /** Pictures, or frames of moving ones. */
  z.strictObject({ name: z.literal("images") }),
] as const;

/** A modality as it is stored in a run. */
export const modalitySchema = z.discriminatedUnion("name", materials);

/**
 * The kind of material that a data set is of.
 *
 * @example
 * const roll: Modality = { name: "music", grid: 4 };
 */
export type Modality = z.output<typeof modalitySchema>;

/** What a modality is called. */
export type ModalityName = Modality["name"];
